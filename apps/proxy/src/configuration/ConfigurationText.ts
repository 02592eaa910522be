import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import {
  type Document,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type YAMLParseError
} from "yaml"
import { Configuration } from "./Configuration.ts"
import type { ConfigurationFault } from "./ConfigurationFault.ts"
import type { Override } from "./Override.ts"

const decode = Schema.decodeUnknownResult(Configuration, { errors: "all", onExcessProperty: "error" })

const issuesOf = SchemaIssue.makeFormatterStandardSchemaV1({
  leafHook: (issue) => {
    switch (issue._tag) {
      case "UnexpectedKey":
        return "unknown setting"
      case "MissingKey":
        return "missing"
      default:
        return SchemaIssue.defaultLeafHook(issue)
    }
  }
})

/** A configuration and where its settings stand in the text. */
export interface Located {
  readonly configuration: Configuration
  /** What is wrong with one setting, found later than by reading. */
  readonly fault: (path: ReadonlyArray<PropertyKey>, message: string) => ConfigurationFault
}

/**
 * Reads a configuration from YAML, and so from JSON, which is YAML. Overrides
 * go before what the text says. Fails with everything that is wrong, each with
 * the line and column it is wrong at.
 */
export const read = (
  text: string,
  overrides: ReadonlyArray<Override> = []
): Result.Result<Located, ReadonlyArray<ConfigurationFault>> => {
  const lines = new LineCounter()
  // Version 1.2 alone: to 1.1 the region code `no` is false, and `12:30` a number.
  const document = parseDocument(text, { lineCounter: lines, version: "1.2", prettyErrors: false })
  const at = (offset: number) => {
    const { col, line } = lines.linePos(offset)
    return { line, column: col }
  }
  if (document.errors.length > 0) {
    return Result.fail(
      document.errors.map((error) => ({ message: messageOf(error), setting: "", position: at(error.pos[0]) }))
    )
  }
  const tree = plain(document)
  if (Result.isFailure(tree)) {
    const { message, offset } = tree.failure
    return Result.fail([{ message, setting: "", ...(offset === undefined ? {} : { position: at(offset) }) }])
  }
  if (typeof tree.success !== "object" || tree.success === null || Array.isArray(tree.success)) {
    return Result.fail([{ message: "expected settings, such as `callers:`", setting: "", position: at(0) }])
  }
  const fault: Located["fault"] = (path, message) => {
    const setting = path.map(shown).join(".")
    const override = overrides.find(({ path }) => path.join(".") === setting)
    return override === undefined
      ? { message, setting, position: at(offsetOf(document, path)) }
      : { message: `${message} (from ${override.variable})`, setting }
  }
  const decoded = decode(overrides.reduce(replaced, tree.success))
  if (Result.isSuccess(decoded)) return Result.succeed({ configuration: decoded.success, fault })
  return Result.fail(
    issuesOf(decoded.failure.issue).issues.map(({ message, path = [] }) =>
      fault(
        path.map((segment) => (typeof segment === "object" ? segment.key : segment)),
        message.replace("Expected", "expected")
      )
    )
  )
}

/** Without what some quote: a secret that is not quoted may begin with one of YAML's own characters. */
const messageOf = ({ code, message }: YAMLParseError): string => {
  if (code === "TAG_RESOLVE_FAILED") return "no such tag; a text that begins with ! stands in quotes"
  return code === "UNEXPECTED_TOKEN" ? message.replace(/: .*/s, "") : message
}

/** `token:secret`, where a space is left out between braces, is a name to YAML. */
const shown = (name: PropertyKey): string => String(name).replace(/:.*/s, ":…")

/** Aliases can multiply a short text into a vast tree, which is refused. */
const plain = (
  document: Document
): Result.Result<unknown, { readonly message: string; readonly offset?: number | undefined }> => {
  try {
    return Result.succeed(document.toJS({ maxAliasCount: 1_000 }))
  } catch (error) {
    const offset = offsetOfLostAlias(document)
    return Result.fail(
      offset === undefined
        ? { message: error instanceof Error ? error.message : String(error) }
        : { message: "no such anchor before this alias; a text that begins with * stands in quotes", offset }
    )
  }
}

const offsetOfLostAlias = (document: Document): number | undefined => {
  let offset: number | undefined
  visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document) !== undefined) return undefined
      offset = alias.range?.[0]
      return visit.BREAK
    }
  })
  return offset
}

const replaced = (tree: object, { path, value }: Pick<Override, "path" | "value">): object => {
  const [first = "", ...rest] = path
  const inner: unknown = (tree as Record<string, unknown>)[first]
  const isGroup = typeof inner === "object" && inner !== null
  return { ...tree, [first]: rest.length === 0 ? value : replaced(isGroup ? inner : {}, { path: rest, value }) }
}

/** Where a setting begins: its name if it has one, else its value; where it is missing, what it is missing from. */
const offsetOf = (document: Document, path: ReadonlyArray<PropertyKey>): number => {
  let offset = document.contents?.range?.[0] ?? 0
  for (let depth = 1; depth <= path.length; depth++) {
    const parent: unknown = depth === 1 ? document.contents : document.getIn(path.slice(0, depth - 1), true)
    const name = String(path[depth - 1])
    const key: unknown = isMap(parent)
      ? parent.items.find(({ key }) => isScalar(key) && String(key.value) === name)?.key
      : isSeq(parent)
        ? parent.items[Number(name)]
        : undefined
    if (!isNode(key) || !key.range) return offset
    offset = key.range[0]
  }
  return offset
}
