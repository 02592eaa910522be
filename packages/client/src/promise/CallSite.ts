const inspect = Symbol.for("nodejs.util.inspect.custom")

/** Makes something for a caller, whose line a failure shows. */
export const located = <A>(make: () => A): A => {
  const here = new Error()
  try {
    return make()
  } catch (error) {
    throw at(error, here)
  }
}

/**
 * Makes a failure print as an error of its class with the line of its caller. Effect's errors print only their fields.
 *
 * @param here made where the caller called
 */
export const at = (failure: unknown, here: Error): unknown =>
  failure instanceof Error && "_tag" in failure
    ? Object.defineProperties(failure, {
        stack: { value: here.stack?.replace(/^(Error.*)?/, String(failure)), configurable: true },
        [inspect]: { value: undefined, configurable: true }
      })
    : failure
