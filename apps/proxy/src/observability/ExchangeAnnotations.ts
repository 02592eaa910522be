import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { Caller, Scope } from "../rights/Caller.ts"

/** Why a request is turned down: a credential that is none, one that is over, or a right that its caller has not. */
export const denialReasons = ["Credential", "Expired", "Address", "Scope", "Region", "Project"] as const

/** What was turned down for want of a right. */
export interface Denial {
  readonly reason: (typeof denialReasons)[number]
  readonly scope?: Scope | undefined
  readonly project_id?: string | undefined
}

/**
 * What becomes known of an exchange while it is answered, for its line in the
 * access log. Each part of the proxy notes here what it finds out; no decision depends on it.
 */
export interface ExchangeAnnotations {
  caller: Pick<Caller, "id" | "quota_class"> | undefined
  /** Template of the route, such as `/v3/:project_id/backups/:backup_id`. */
  route: string | undefined
  /** How the cache handled it. */
  cache: string | undefined
  readonly denials: Array<Denial>
  /** Why it failed, in the operator's words; they never leave the log. */
  failure: Readonly<Record<string, string>> | undefined
  /** Milliseconds by stage. */
  readonly stages: Record<string, number>
}

/** A record with nothing in it. */
export const emptyRecord = (): ExchangeAnnotations => ({
  caller: undefined,
  route: undefined,
  cache: undefined,
  denials: [],
  failure: undefined,
  stages: {}
})

/** The record of the exchange that is being answered; outside of one, a record that is not read. */
export const CurrentRecord = Context.Reference<ExchangeAnnotations>("@cbr/proxy/CurrentRecord", {
  defaultValue: emptyRecord
})

/** Writes in the record of the exchange. */
export const note = (write: (record: ExchangeAnnotations) => void): Effect.Effect<void> =>
  Effect.map(CurrentRecord, write)
