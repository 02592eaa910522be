import * as JsonValues from "./JsonValue.ts"
import { fault } from "./QueryFault.ts"

/** The smallest part of an expression, with its position from 0 and its value. */
export type Token = { readonly at: number; readonly text: string } & (
  | { readonly type: "name" | "quoted"; readonly name: string }
  | { readonly type: "variable"; readonly name: string }
  | { readonly type: "literal"; readonly value: JsonValues.JsonValue }
  | { readonly type: "number"; readonly number: number }
  | { readonly type: "sign" | "end" }
)

/** @source https://jmespath.org/specification.html#grammar */
const pattern = new RegExp(
  [
    String.raw`(?<name>[A-Za-z_][A-Za-z0-9_]*)`,
    String.raw`(?<number>-?\d+)`,
    String.raw`(?<quoted>"(?:[^"\\]|\\.)*")`,
    String.raw`(?<raw>'(?:[^'\\]|\\.)*')`,
    String.raw`(?<json>${"`"}(?:[^${"`"}\\]|\\.)*${"`"})`,
    String.raw`(?<variable>\$[A-Za-z_][A-Za-z0-9_]*)`,
    String.raw`(?<sign>\[\?|\[\]|&&|\|\||[!=<>]=|[=.*[\](){},:@&|!<>])`
  ].join("|"),
  "sy"
)

const space = /[ \t\n\r]*/y

/** The parts of an expression in order; the last is its end. */
export const tokenize = (expression: string): ReadonlyArray<Token> => {
  const tokens: Array<Token> = []
  let at = after(space, expression, 0)
  while (at < expression.length) {
    pattern.lastIndex = at
    const match = pattern.exec(expression)
    if (match === null) throw refused(expression, at)
    tokens.push(token(match.groups!, match[0], at))
    at = after(space, expression, at + match[0].length)
  }
  return [...tokens, { type: "end", text: "", at }]
}

const after = (what: RegExp, text: string, at: number): number => {
  what.lastIndex = at
  return at + (what.exec(text)?.[0].length ?? 0)
}

/** A quote that begins here has no end; anything else may stand in no expression. */
const refused = (expression: string, at: number) => {
  const character = String.fromCodePoint(expression.codePointAt(at)!)
  return fault(
    `'"\``.includes(character)
      ? { code: "unfinished", at: at + 1 }
      : { code: "unexpected", text: character, at: at + 1 }
  )
}

const token = (groups: Readonly<Record<string, string | undefined>>, text: string, at: number): Token => {
  const { json, name, number, quoted, raw, variable } = groups
  if (name !== undefined) return { type: "name", name, text, at }
  if (variable !== undefined) return { type: "variable", name: variable.slice(1), text, at }
  if (number !== undefined) return { type: "number", number: Number(number), text, at }
  if (quoted !== undefined) return { type: "quoted", name: read(quoted, at) as string, text, at }
  // Only the quote's own backslash is one; any other is itself.
  if (raw !== undefined) return { type: "literal", value: raw.slice(1, -1).replaceAll(String.raw`\'`, "'"), text, at }
  if (json !== undefined) {
    return { type: "literal", value: read(json.slice(1, -1).replaceAll("\\`", "`"), at), text, at }
  }
  return { type: "sign", text, at }
}

const read = (text: string, at: number): JsonValues.JsonValue => {
  try {
    return JsonValues.parse(text)
  } catch {
    throw fault({ code: "not-json", text, at: at + 1 })
  }
}
