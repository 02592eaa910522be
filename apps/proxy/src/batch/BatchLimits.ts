import * as Context from "effect/Context"

/** How much one batch may ask for. */
export interface BatchLimits {
  /** Backups. */
  readonly items: number
  /** Backups that are fetched at once. */
  readonly atOnce: number
  readonly requestBytes: number
  /** Bytes of bodies in the answer. */
  readonly answerBytes: number
}

/** Bytes of bodies that one answer holds. */
export const mostAnswerBytes = 16 * 1024 * 1024

/** The limits in force for a request: 100 items, 8 at once, 64 KiB, answered with 16 MiB, unless others are provided. */
export const BatchLimits = Context.Reference<BatchLimits>("@cbr/proxy/BatchLimits", {
  defaultValue: () => ({ items: 100, atOnce: 8, requestBytes: 64 * 1024, answerBytes: mostAnswerBytes })
})
