import type { Configuration } from "./Configuration.ts"

/**
 * The configuration in force as JSON, every default in place. Secrets and
 * hashes show as `<redacted>`, an access key by its first four characters, a
 * command by its program.
 */
export const effective = (configuration: Configuration): string =>
  `${JSON.stringify(
    configuration,
    (name, value: unknown) => {
      if (name === "ak" && typeof value === "string") return `${value.slice(0, 4)}…`
      return name.endsWith("_command") && Array.isArray(value) ? [...value.slice(0, 1), "…"] : value
    },
    2
  )}\n`
