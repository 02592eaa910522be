import type * as DateTime from "effect/DateTime"
import type { IpRanges } from "../net/IpRanges.ts"

/**
 * Rights of a caller: `read` a backup, `list` all of a project, `watch`
 * them change, read many in one `batch`, `bypass` or `purge` what is cached of
 * them.
 */
export const scopes = ["read", "list", "watch", "batch", "bypass", "purge"] as const

/** One of {@link scopes}. */
export type Scope = (typeof scopes)[number]

/**
 * A caller, once its credential has been verified, and its rights. Nothing is
 * granted by leaving a list empty; `"*"` is everything.
 */
export interface Caller {
  /** The operator's name for the caller; stands in logs, so it holds no secret. */
  readonly id: string
  readonly projects: ReadonlySet<string> | "*"
  readonly regions: ReadonlySet<string> | "*"
  readonly scopes: ReadonlySet<Scope>
  /** Name of the class that sets the caller's quotas. */
  readonly quota_class: string
  /** From this moment on nothing is allowed any more. */
  readonly expires_at: DateTime.Utc | undefined
  /** The addresses that the caller may call from. */
  readonly addresses: IpRanges | "*"
}

/** A caller, and by what the credential that it showed is known among those that are revoked. */
export interface VerifiedCaller {
  readonly caller: Caller
  readonly revocation_id: string
}
