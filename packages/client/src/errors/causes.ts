/** A property of any value; `undefined` if the value is not an object. */
export const property = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined

/** A text property of any value. */
export const textAt = (value: unknown, name: string): string | undefined => {
  const found = property(value, name)
  return typeof found === "string" ? found : undefined
}

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
