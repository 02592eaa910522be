import * as Flag from "effect/cli/Flag"
import * as Config from "effect/Config"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import { Timeout } from "../values/durations.ts"
import { schemaRefusal } from "../values/InvalidValue.ts"
import type { SettingSource } from "../values/SettingSource.ts"
import { WholeNumber } from "../values/WholeNumber.ts"
import { YesOrNo } from "../values/YesOrNo.ts"
import { fromVariable, variableOf } from "./Environment.ts"

export const describe =
  (text: string, variables: ReadonlyArray<string>) =>
  <A>(flag: Flag.Flag<A>): Flag.Flag<A> =>
    flag.pipe(Flag.withDescription(`${text} [env: ${variables.join(", ")}]`))

/** The text of a flag, and the name of the variable if that gave it. */
interface RawValue {
  readonly text: string
  readonly variable?: string
}

/** Whether a flag reads its variable; a flag that selects the subject of a command does not. */
interface VariableUse {
  readonly hasVariable?: boolean
}

/** A flag whose text, or whose variable's text, a schema decodes. */
const parsed = <A, B>(
  name: string,
  flag: Flag.Flag<string>,
  schema: Schema.Codec<A, string>,
  take: (value: A, from: SettingSource) => B,
  { hasVariable = true }: VariableUse = {}
): Flag.Flag<B> => {
  const typed = Flag.map(flag, (text): RawValue => ({ text }))
  const ofVariable = Config.map(fromVariable(name), (text): RawValue => ({ text, variable: variableOf(name) }))
  return Flag.mapEffect(hasVariable ? Flag.withFallbackConfig(typed, ofVariable) : typed, ({ text, variable }) =>
    // The decoder is made only if the flag is given, which most are not.
    Effect.mapBoth(Schema.decodeUnknownEffect(schema)(text), {
      onSuccess: (value) => take(value, variable === undefined ? { flag: `--${name}` } : { variable }),
      onFailure: ({ issue }) => schemaRefusal(name, text, variable, issue)
    })
  )
}

const itself = <A>(value: A): A => value

/** A flag that takes a text, and its variable. */
export const textFlag = (name: string, metavar: string, description: string): Flag.Flag<string> =>
  Flag.String(name).pipe(
    Flag.withMetavar(metavar),
    Flag.withFallbackConfig(fromVariable(name)),
    describe(description, [variableOf(name)])
  )

/** A flag that takes a text and does not read its variable: the command must know which of the two is given. */
export const explicitFlag = (name: string, metavar: string, description: string): Flag.Flag<Option.Option<string>> =>
  Flag.String(name).pipe(Flag.withMetavar(metavar), describe(description, [variableOf(name)]), Flag.optional)

/** A flag that takes a text, and has no variable. */
export const flagWithoutVariable = (
  name: string,
  metavar: string,
  description: string
): Flag.Flag<Option.Option<string>> =>
  Flag.String(name).pipe(Flag.withMetavar(metavar), Flag.withDescription(description), Flag.optional)

/** A switch with an optional value behind `=`: a following word is an operand, even `1` or `no`. */
const bareSwitch = (name: string): Flag.Flag<boolean> => Flag.withOptionalValue(Flag.Boolean(name), "true")

/** A switch, and its variable. */
export const switchFlag = (name: string, description: string): Flag.Flag<boolean> =>
  parsed(name, Flag.map(bareSwitch(name), String), YesOrNo, itself).pipe(
    Flag.withDefault(false),
    describe(description, [variableOf(name)])
  )

/** A repeatable flag; its variable has all values, separated by semicolons. */
export const listFlag = (name: string, metavar: string, description: string): Flag.Flag<ReadonlyArray<string>> =>
  Flag.String(name).pipe(
    Flag.withMetavar(metavar),
    Flag.atLeast(1),
    Flag.withFallbackConfig(
      Config.map(fromVariable(name), (parts) =>
        parts
          .split(";")
          .map((part) => part.trim())
          .filter((part) => part !== "")
      )
    ),
    describe(description, [variableOf(name)])
  )

/** A flag with a negated form, `--no-NAME`; its variable, and other variables that apply. */
export const eitherFlag = (name: string, description: string, others: ReadonlyArray<string> = []): Flag.Flag<boolean> =>
  parsed(name, Flag.map(bareSwitch(name), String), YesOrNo, itself).pipe(
    describe(description, [variableOf(name), ...others])
  )

/** A flag whose text a schema decodes, and its variable. */
export const parsedFlag = <A>(
  name: string,
  metavar: string,
  schema: Schema.Codec<A, string>,
  description: string,
  use?: VariableUse
): Flag.Flag<A> => decoded(name, Flag.withMetavar(Flag.String(name), metavar), schema, description, use)

/** A flag that takes a whole number of a range, and its variable. */
export const countFlag = (
  name: string,
  { min, max, ...use }: VariableUse & { readonly min: number; readonly max?: number },
  description: string
): Flag.Flag<number> => {
  const number = Flag.map(Flag.withMetavar(Flag.Int(name), "N"), String)
  return decoded(name, number, numberOf(WholeNumber(min, max)), description, use)
}

const decoded = <A>(
  name: string,
  flag: Flag.Flag<string>,
  schema: Schema.Codec<A, string>,
  description: string,
  use?: VariableUse
): Flag.Flag<A> =>
  parsed(name, flag, schema, itself, use).pipe(
    use?.hasVariable === false ? Flag.withDescription(description) : describe(description, [variableOf(name)])
  )

/** A number from its text. */
const numberOf = (schema: Schema.Codec<number, number>): Schema.Codec<number, string> =>
  Schema.String.pipe(
    Schema.decodeTo(
      schema,
      SchemaTransformation.transform({
        decode: (text: string) => (text.trim() === "" ? Number.NaN : Number(text)),
        encode: String
      })
    )
  )

/** A flag that takes one of these words, and its variable; `bare` is the value of the flag alone. */
export const choiceFlag = <const Choices extends ReadonlyArray<string>>(
  name: string,
  choices: Choices,
  description: string,
  bare?: Choices[number]
): Flag.Flag<Choices[number]> => {
  const flag: Flag.Flag<Choices[number]> = Flag.Literals(name, choices)
  const word: Flag.Flag<string> = bare === undefined ? flag : Flag.withOptionalValue(flag, bare)
  return parsed(name, word, Schema.Literals(choices), itself<Choices[number]>).pipe(
    describe(description, [variableOf(name)])
  )
}

/** A flag that takes a time such as `30s`, and its variable. */
export const timeFlag = (name: string, description: string): Flag.Flag<Duration.Duration> =>
  parsedFlag(name, "TIME", Timeout, description)

/** A time, and the flag or the variable that gave it. */
export interface TimeSetting {
  readonly time: Duration.Duration
  readonly from: SettingSource
}

/** {@link timeFlag} for a command that must know which of the two gave it. */
export const timeSettingFlag = (name: string, description: string): Flag.Flag<Option.Option<TimeSetting>> =>
  parsed(name, Flag.withMetavar(Flag.String(name), "TIME"), Timeout, (time, from): TimeSetting => ({
    time,
    from
  })).pipe(describe(description, [variableOf(name)]), Flag.optional)
