import { isObject, type JsonObject, type JsonValue } from "./JsonValue.ts"
import { fault } from "./QueryFault.ts"
import { isArray, isNumber, type JsonNumber, typeOf } from "./Value.ts"

/** An expression as an argument, `&status`: the function asks it of values. */
export class Reference {
  readonly of: (value: JsonValue) => JsonValue

  constructor(of: (value: JsonValue) => JsonValue) {
    this.of = of
  }
}

/** An argument of a function. */
export type Argument = JsonValue | Reference

/** Each type that a parameter can have, under JMESPath's name for it. */
interface Types {
  readonly any: JsonValue
  readonly number: JsonNumber
  readonly string: string
  readonly array: ReadonlyArray<JsonValue>
  readonly object: JsonObject
  readonly expression: Reference
  readonly "array[number]": ReadonlyArray<JsonNumber>
  readonly "array[string]": ReadonlyArray<string>
  readonly "array[array]": ReadonlyArray<ReadonlyArray<JsonValue>>
}

type Type = keyof Types

const matches: { readonly [T in Type]: (argument: Argument) => argument is Types[T] } = {
  any: (argument): argument is JsonValue => !(argument instanceof Reference),
  number: (argument) => matches.any(argument) && isNumber(argument),
  string: (argument) => typeof argument === "string",
  array: (argument): argument is ReadonlyArray<JsonValue> => matches.any(argument) && isArray(argument),
  object: (argument): argument is JsonObject => matches.any(argument) && isObject(argument),
  expression: (argument) => argument instanceof Reference,
  "array[number]": (argument): argument is ReadonlyArray<JsonNumber> =>
    matches.array(argument) && argument.every(isNumber),
  "array[string]": (argument): argument is ReadonlyArray<string> =>
    matches.array(argument) && argument.every((each) => typeof each === "string"),
  "array[array]": (argument): argument is ReadonlyArray<ReadonlyArray<JsonValue>> =>
    matches.array(argument) && argument.every(isArray)
}

/** The types that one parameter may have. */
type Parameter = ReadonlyArray<Type>
type Arguments<P extends ReadonlyArray<Parameter>> = { [Index in keyof P]: Types[P[Index][number]] }

/** A function of JMESPath: its parameters and its implementation. */
export interface Definition {
  readonly required: ReadonlyArray<Parameter>
  readonly optional: ReadonlyArray<Parameter>
  /** The parameter that may be given again and again. */
  readonly rest: Parameter | undefined
  readonly call: (...values: never) => JsonValue
}

/** A function of so many parameters, of which the last may be left out. */
export const takes = <const P extends ReadonlyArray<Parameter>, const O extends ReadonlyArray<Parameter> = []>(
  required: P,
  call: (...values: [...Arguments<P>, ...Partial<Arguments<O>>]) => JsonValue,
  optional?: O
): Definition => ({ required, optional: optional ?? [], rest: undefined, call })

/** A function of one or more arguments of one type. */
export const takesMany = <const T extends Type>(
  type: T,
  call: (...values: ReadonlyArray<Types[T]>) => JsonValue
): Definition => ({
  required: [[type]],
  optional: [],
  rest: [type],
  call
})

/** Calls a function of this name, if its arguments are as many as it takes, and of its types. */
export const call = (name: string, definition: Definition, given: ReadonlyArray<Argument>): JsonValue => {
  const { optional, required, rest } = definition
  const parameters = [...required, ...optional]
  if (given.length < required.length || (rest === undefined && given.length > parameters.length)) {
    throw fault({ code: "arguments", name, takes: arity(definition), found: given.length })
  }
  for (const [index, argument] of given.entries()) {
    const types = parameters[index] ?? rest!
    if (types.some((type) => matches[type](argument))) continue
    const found = argument instanceof Reference ? "expression" : typeOf(argument)
    throw fault({ code: "type", name, argument: index + 1, types, found })
  }
  return (definition.call as (...values: ReadonlyArray<Argument>) => JsonValue)(...given)
}

const arity = ({ optional, required, rest }: Definition): string => {
  if (rest !== undefined) return `${required.length}+`
  return optional.length === 0 ? `${required.length}` : `${required.length}-${required.length + optional.length}`
}
