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

/** 100 items, 8 at once, asked for in 64 KiB and answered in 16 MiB. */
export const defaultBatchLimits: BatchLimits = {
  items: 100,
  atOnce: 8,
  requestBytes: 64 * 1024,
  answerBytes: mostAnswerBytes
}

/** The limits in force for a request; {@link defaultBatchLimits} unless others are provided. */
export const BatchLimits = Context.Reference<BatchLimits>("@cbr/proxy/BatchLimits", {
  defaultValue: () => defaultBatchLimits
})
