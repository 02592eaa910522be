import * as Schema from "effect/Schema"

const ConfigurationFault = Schema.Struct({
  message: Schema.String,
  /** The setting, such as `callers.billing.scopes.0`; empty for the whole text. */
  setting: Schema.String,
  /** Line and column, from 1; absent if the fault is not in the text. */
  position: Schema.optional(Schema.Struct({ line: Schema.Int, column: Schema.Int }))
})

/** One fault of a configuration, and its place. Holds no value of it. */
export type ConfigurationFault = typeof ConfigurationFault.Type

/** A configuration that cannot be used, with all of its faults. */
export class ConfigurationInvalid extends Schema.TaggedError<ConfigurationInvalid>()("ConfigurationInvalid", {
  /** The file, as it was named. */
  file: Schema.String,
  faults: Schema.Array(ConfigurationFault)
}) {
  override get message(): string {
    return this.lines.join("\n")
  }

  /** A line for each fault, as compilers write them. */
  get lines(): ReadonlyArray<string> {
    return this.faults.map((fault) => lineOf(this.file, fault))
  }
}

/** `FILE:LINE:COLUMN: SETTING: MESSAGE`. */
export const lineOf = (file: string, { message, position, setting }: ConfigurationFault): string =>
  [
    position === undefined ? file : `${file}:${position.line}:${position.column}`,
    ...(setting === "" ? [] : [setting]),
    message
  ].join(": ")

/** Sorts faults by their positions in the file; those without a position come last. */
export const fromTheTop = (faults: ReadonlyArray<ConfigurationFault>): ReadonlyArray<ConfigurationFault> => {
  const placeOf = ({ position }: ConfigurationFault) =>
    position === undefined ? Number.POSITIVE_INFINITY : position.line * 1e6 + position.column
  return faults.toSorted((a, b) => (placeOf(a) === placeOf(b) ? 0 : placeOf(a) - placeOf(b)))
}
