import { property } from "./property.ts"

/** The errors of an `AggregateError`. */
export const errorsOf = (value: unknown): ReadonlyArray<unknown> => {
  const errors = property(value, "errors")
  return Array.isArray(errors) ? errors : []
}

const maxCauses = 10

/** An error and its causes, with those that an `AggregateError` holds, the nearest first. */
export const causesOf = (failed: unknown): ReadonlyArray<unknown> => {
  const causes: Array<unknown> = []
  const pending = [failed]
  for (const cause of pending) {
    if (causes.length === maxCauses) break
    if (cause === undefined) continue
    causes.push(cause)
    pending.push(property(cause, "cause"), ...errorsOf(cause))
  }
  return causes
}
