import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { Caller, Scope } from "../rights/Caller.ts"

/** Reasons of a denial: an unknown credential, an expired one, or a right that its caller lacks. */
export const denialReasons = ["Credential", "Expired", "Address", "Scope", "Region", "Project"] as const

/** A denial of a right. */
export interface Denial {
  readonly reason: (typeof denialReasons)[number]
  readonly scope?: Scope | undefined
  readonly project_id?: string | undefined
}

/**
 * Facts about an exchange, for its line in the access log. Each part of the
 * proxy notes its own; no decision depends on them.
 */
export interface ExchangeAnnotations {
  caller: Pick<Caller, "id" | "quota_class"> | undefined
  /** Template of the route, such as `/v3/:project_id/backups/:backup_id`. */
  route: string | undefined
  /** The label of its `Cache-Status`. */
  cache: string | undefined
  readonly denials: Array<Denial>
  /** The reason of a failure, for the operator; it never leaves the log. */
  failure: Readonly<Record<string, string>> | undefined
  /** Milliseconds by stage. */
  readonly stages: Record<string, number>
}

/** A record without a fact. */
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
