import { type Argument, call, type Definition, type Reference, takes, takesMany } from "./FunctionParameters.ts"
import { fromInteger, type JsonObject, type JsonValue, parse, stringify } from "./JsonValue.ts"
import { fault } from "./QueryFault.ts"
import { compareNumbers, compareTexts, equal, isArray, isNumber, type JsonNumber, typeOf } from "./Value.ts"

/** The sum; exact if all are integers, of any size. */
const sum = (numbers: ReadonlyArray<JsonNumber>): JsonNumber => {
  if (!numbers.every(isInteger)) return numbers.reduce<number>((total, each) => total + Number(each), 0)
  return fromInteger(numbers.reduce<bigint>((total, each) => total + BigInt(each), 0n))
}

/** The mean; exact if it is an integer. */
const mean = (numbers: ReadonlyArray<JsonNumber>): JsonNumber | null => {
  if (numbers.length === 0) return null
  const total = sum(numbers)
  const count = BigInt(numbers.length)
  return isInteger(total) && BigInt(total) % count === 0n
    ? fromInteger(BigInt(total) / count)
    : Number(total) / numbers.length
}

const isInteger = (number: JsonNumber): boolean => typeof number === "bigint" || Number.isInteger(number)

const round =
  (how: (number: number) => number) =>
  (number: JsonNumber): JsonNumber =>
    typeof number === "bigint" ? number : how(number)

/** Numbers among numbers, texts among texts. */
const compare = (one: JsonValue, other: JsonValue): number =>
  isNumber(one) ? compareNumbers(one, other as JsonNumber) : compareTexts(one as string, other as string)

/** The first of those that come first; `sign` -1 has the greatest come first. */
const firstBy = (list: ReadonlyArray<Keyed>, sign: 1 | -1): JsonValue =>
  list.reduce<Keyed | undefined>(
    (best, each) => (best === undefined || sign * compare(each.key, best.key) < 0 ? each : best),
    undefined
  )?.value ?? null

/** A value with the key that decides its order or group. */
interface Keyed {
  readonly value: JsonValue
  readonly key: JsonValue
}

const byItself = (value: JsonValue): Keyed => ({ value, key: value })

/** Each value with the key that an expression gives for it; the keys are all numbers or all texts. */
const keyed = (name: string, list: ReadonlyArray<JsonValue>, by: Reference, types = ["number", "string"]) => {
  let expected: ReadonlyArray<string> = types
  return list.map((value): Keyed => {
    const key = by.of(value)
    const found = typeOf(key)
    if (!expected.includes(found)) throw fault({ code: "type", name, argument: 2, types: expected, found })
    expected = [found]
    return { value, key }
  })
}

const grouped = (list: ReadonlyArray<JsonValue>, by: Reference): JsonObject => {
  const groups = Map.groupBy(keyed("group_by", list, by, ["string"]), ({ key }) => key as string)
  return Object.fromEntries(Array.from(groups, ([key, group]) => [key, group.map(({ value }) => value)]))
}

const fromItems = (items: ReadonlyArray<ReadonlyArray<JsonValue>>): JsonObject =>
  Object.fromEntries(
    items.map((item) => {
      const [name, value] = item
      if (item.length === 2 && typeof name === "string") return [name, value!]
      throw fault({ code: "value", name: "from_items", found: stringify(item, "line") })
    })
  )

const toNumber = (value: JsonValue): JsonValue => {
  if (isNumber(value)) return value
  if (typeof value !== "string" || !/^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(value)) return null
  return parse(value)
}

const contains = (subject: string | ReadonlyArray<JsonValue>, search: JsonValue): boolean =>
  typeof subject === "string"
    ? typeof search === "string" && subject.includes(search)
    : subject.some((each) => equal(each, search))

/** Without the characters of `set` at the ends that are named; unless given, white space. */
const trim = (text: string, set: string | undefined, ends: { readonly left: boolean; readonly right: boolean }) => {
  const goes = (character: string) =>
    set === undefined || set === "" ? /[\s\u0085]/.test(character) : set.includes(character)
  const characters = Array.from(text)
  const from = ends.left ? characters.findIndex((each) => !goes(each)) : 0
  const to = ends.right ? characters.findLastIndex((each) => !goes(each)) : characters.length - 1
  return from === -1 ? "" : characters.slice(from, to + 1).join("")
}

/** A count of pieces or replacements; `all` where none is given. */
const count = (name: string, number: JsonNumber | undefined): number => {
  if (number === undefined) return Number.POSITIVE_INFINITY
  if (isInteger(number) && number >= 0) return Number(number)
  throw fault({ code: "value", name, found: String(number) })
}

const split = (text: string, separator: string, most: number): ReadonlyArray<string> => {
  const pieces = separator === "" ? Array.from(text) : text.split(separator)
  return pieces.length <= most + 1 ? pieces : [...pieces.slice(0, most), pieces.slice(most).join(separator)]
}

const definitions = new Map<string, Definition>(
  Object.entries({
    abs: takes([["number"]], (number) => (number < 0 ? -number : number)),
    avg: takes([["array[number]"]], mean),
    ceil: takes([["number"]], round(Math.ceil)),
    contains: takes([["array", "string"], ["any"]], contains),
    ends_with: takes([["string"], ["string"]], (text, end) => text.endsWith(end)),
    floor: takes([["number"]], round(Math.floor)),
    from_items: takes([["array[array]"]], fromItems),
    group_by: takes([["array"], ["expression"]], grouped),
    items: takes([["object"]], (value) => Object.entries(value)),
    join: takes([["string"], ["array[string]"]], (between, texts) => texts.join(between)),
    keys: takes([["object"]], (value) => Object.keys(value)),
    length: takes([["string", "array", "object"]], (value) => {
      if (typeof value === "string") return Array.from(value).length
      return isArray(value) ? value.length : Object.keys(value).length
    }),
    lower: takes([["string"]], (text) => text.toLowerCase()),
    map: takes([["expression"], ["array"]], (by, list) => list.map(by.of)),
    max: takes([["array[number]", "array[string]"]], (list) => firstBy(list.map(byItself), -1)),
    max_by: takes([["array"], ["expression"]], (list, by) => firstBy(keyed("max_by", list, by), -1)),
    merge: takesMany("object", (...objects) => Object.fromEntries(objects.flatMap((each) => Object.entries(each)))),
    min: takes([["array[number]", "array[string]"]], (list) => firstBy(list.map(byItself), 1)),
    min_by: takes([["array"], ["expression"]], (list, by) => firstBy(keyed("min_by", list, by), 1)),
    not_null: takesMany("any", (...values) => values.find((value) => value !== null) ?? null),
    replace: takes(
      [["string"], ["string"], ["string"]],
      (text, from, to, most) => {
        const pieces = split(text, from, count("replace", most))
        return pieces.join(to)
      },
      [["number"]]
    ),
    reverse: takes([["string", "array"]], (value) =>
      typeof value === "string" ? Array.from(value).toReversed().join("") : value.toReversed()
    ),
    sort: takes([["array[number]", "array[string]"]], (list) => (list as ReadonlyArray<JsonValue>).toSorted(compare)),
    sort_by: takes([["array"], ["expression"]], (list, by) =>
      keyed("sort_by", list, by)
        .toSorted((one, other) => compare(one.key, other.key))
        .map(({ value }) => value)
    ),
    split: takes([["string"], ["string"]], (text, separator, most) => split(text, separator, count("split", most)), [
      ["number"]
    ]),
    starts_with: takes([["string"], ["string"]], (text, start) => text.startsWith(start)),
    sum: takes([["array[number]"]], sum),
    to_array: takes([["any"]], (value) => (isArray(value) ? value : [value])),
    to_number: takes([["any"]], toNumber),
    to_string: takes([["any"]], (value) => (typeof value === "string" ? value : stringify(value, "line"))),
    trim: takes([["string"]], (text, set) => trim(text, set, { left: true, right: true }), [["string"]]),
    trim_left: takes([["string"]], (text, set) => trim(text, set, { left: true, right: false }), [["string"]]),
    trim_right: takes([["string"]], (text, set) => trim(text, set, { left: false, right: true }), [["string"]]),
    type: takes([["any"]], typeOf),
    upper: takes([["string"]], (text) => text.toUpperCase()),
    values: takes([["object"]], (value) => Object.values(value)),
    zip: takesMany("array", (...lists) => {
      const shortest = Math.min(...lists.map((list) => list.length))
      return Array.from({ length: shortest }, (_, index) => lists.map((list) => list[index]!))
    })
  })
)

/** Every function's name, of JMESPath's own and of its community's. */
export const functionNames: ReadonlyArray<string> = [...definitions.keys()]

/** The function of a name; `undefined` if there is none. */
export const functionOf = (name: string): ((given: ReadonlyArray<Argument>) => JsonValue) | undefined => {
  const definition = definitions.get(name)
  return definition === undefined ? undefined : (given) => call(name, definition, given)
}
