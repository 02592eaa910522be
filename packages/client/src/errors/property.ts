/** A property of any value; `undefined` if the value is not an object. */
export const property = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined

/** A text property of any value. */
export const textAt = (value: unknown, name: string): string | undefined => {
  const found = property(value, name)
  return typeof found === "string" ? found : undefined
}
