import type { ShowBackupRequest } from "@cbr/domain"
import * as Equal from "effect/Equal"
import * as Hash from "effect/Hash"
import type { Upstream } from "../upstream/Upstreams.ts"

/**
 * One wish for a new answer. Wishes for the same backup are equal, whoever has
 * them, so that one call serves them all; an answer that must not be stored is
 * not shared with those who may have it stored.
 */
export class Flight implements Equal.Equal {
  readonly key: string
  readonly upstream: Upstream
  readonly request: ShowBackupRequest
  /** In whose turn the call is made. */
  readonly caller_id: string
  readonly stores: boolean
  /** The version of the answer that is there and will not do. */
  readonly known: string | undefined
  /** Whether this wish, and not an equal one, made the call. */
  leads = false

  constructor(fields: Omit<Flight, "leads" | typeof Equal.symbol | typeof Hash.symbol>) {
    this.key = fields.key
    this.upstream = fields.upstream
    this.request = fields.request
    this.caller_id = fields.caller_id
    this.stores = fields.stores
    this.known = fields.known
  }

  [Equal.symbol](that: unknown): boolean {
    return that instanceof Flight && that.key === this.key && that.stores === this.stores
  }

  [Hash.symbol](): number {
    return Hash.string(this.key)
  }
}
