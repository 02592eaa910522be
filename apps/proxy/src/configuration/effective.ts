import type { Configuration } from "./Configuration.ts"

/**
 * The configuration in force as JSON, every default in place. Secrets and
 * hashes show as `<redacted>`, an access key by its first four characters.
 */
export const effective = (configuration: Configuration): string =>
  `${JSON.stringify(
    configuration,
    (name, value: unknown) => (name === "ak" && typeof value === "string" ? `${value.slice(0, 4)}…` : value),
    2
  )}\n`
