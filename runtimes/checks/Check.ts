/** The address, the credentials and the backups of a simulated cloud. */
export interface Cloud {
  readonly endpoint: string
  readonly iamEndpoint: string
  readonly region: string
  readonly projectId: string
  readonly ak: string
  readonly sk: string
  readonly token: string
  readonly backups: Readonly<Record<string, string>>
  readonly faults: Readonly<Record<string, string>>
}

/** One thing that must hold on every runtime; it rejects where it does not. */
export interface Check {
  readonly name: string
  readonly run: (cloud: Cloud) => Promise<void>
}

/** The outcome of a check; without an error it held. */
export interface Outcome {
  readonly name: string
  readonly error?: string
}

/** Runs checks one after the other, each within 20 s. */
export const outcomesOf = async (checks: ReadonlyArray<Check>, cloud: Cloud): Promise<ReadonlyArray<Outcome>> => {
  const outcomes: Array<Outcome> = []
  for (const { name, run } of checks) {
    let timer: ReturnType<typeof setTimeout> | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error("it took more than 20 s")), 20_000)
    })
    try {
      await Promise.race([run(cloud), late])
      outcomes.push({ name })
    } catch (error) {
      outcomes.push({ name, error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) })
    } finally {
      clearTimeout(timer)
    }
  }
  return outcomes
}

/** Fails unless both are equal as JSON. */
export const equal = (actual: unknown, expected: unknown): void => {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (a !== b) throw new Error(`got ${a}, expected ${b}`)
}

/** The reason that a promise was rejected with. */
export const failureOf = async (promise: Promise<unknown>): Promise<unknown> => {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error("it did not fail")
}
