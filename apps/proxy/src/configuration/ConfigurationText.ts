import { nearest } from "@cbr/client"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type * as SchemaAST from "effect/SchemaAST"
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
import { contradictions, didYouMean } from "./Contradictions.ts"
import { CredentialSection } from "./CredentialSection.ts"
import type { Override } from "./EnvironmentOverride.ts"
import { type Tree, withValueAt } from "./SettingTree.ts"

const decode = Schema.decodeUnknownResult(Configuration, { errors: "all", onExcessProperty: "error" })

const issuesOf = SchemaIssue.makeFormatterStandardSchemaV1({
  leafHook: (issue) => {
    switch (issue._tag) {
      case "UnexpectedKey":
        return unknownAmong(issue.ast)
      case "MissingKey":
        return "missing"
      default:
        return SchemaIssue.defaultLeafHook(issue)
    }
  }
})

const unknownSetting = "unknown setting"

/** A leaf does not know its own name, so its message carries the names that it may have meant to {@link told}. */
const unknownAmong = (ast: SchemaAST.AST): string =>
  [unknownSetting, ...(ast._tag === "Objects" ? ast.propertySignatures.map(({ name }) => String(name)) : [])].join("\0")

/** What is wrong, with the name that was probably meant. */
const told = (written: object, { message, path }: Issue): string => {
  const [said = "", ...names] = message.split("\0")
  const name = String(path.at(-1))
  // A name with a colon is a name and a value, for want of a space.
  if (said === unknownSetting) return name.includes(":") ? said : said + didYouMean(nearest(name, names))
  if (path[0] !== "credentials" || path.length !== 2) return said
  const { type } = {
    type: undefined,
    ...(written as Record<string, Record<PropertyKey, object>>)["credentials"]?.[path[1]!]
  }
  return typeof type === "string" && !credentialTypes.includes(type)
    ? said + didYouMean(nearest(type, credentialTypes))
    : said
}

const credentialTypes: ReadonlyArray<string> = CredentialSection.members.map(({ fields }) => fields.type.literal)

/** A configuration and where its settings stand in the text. */
export interface Located {
  readonly configuration: Configuration
  /** What is wrong with one setting, found later than by reading. */
  readonly fault: (path: ReadonlyArray<PropertyKey>, message: string) => ConfigurationFault
}

/** A text that was read as far as it can be. */
export interface Reading {
  /** Everything that is wrong, each with the line and column it is wrong at. */
  readonly faults: ReadonlyArray<ConfigurationFault>
  /** The configuration without the settings that are wrong; absent where too little is left. */
  readonly located?: Located
}

/**
 * Reads a configuration from YAML, and so from JSON, which is YAML. Overrides
 * go before what the text says. Settings that are wrong are left out, so that
 * what depends on the others can be looked at in the same reading.
 */
export const readAll = (text: string, overrides: ReadonlyArray<Override> = []): Reading => {
  const lines = new LineCounter()
  // Version 1.2 alone: to 1.1 the region code `no` is false, and `12:30` a number.
  const document = parseDocument(text, { lineCounter: lines, version: "1.2", prettyErrors: false })
  const at = (offset: number) => {
    const { col, line } = lines.linePos(offset)
    return { line, column: col }
  }
  if (document.errors.length > 0) {
    return {
      faults: document.errors.map((error) => ({ message: messageOf(error), setting: "", position: at(error.pos[0]) }))
    }
  }
  const tree = plain(document)
  if (Result.isFailure(tree)) {
    const { message, offset } = tree.failure
    return { faults: [{ message, setting: "", ...(offset === undefined ? {} : { position: at(offset) }) }] }
  }
  if (typeof tree.success !== "object" || tree.success === null || Array.isArray(tree.success)) {
    return { faults: [{ message: "expected settings, such as `callers:`", setting: "", position: at(0) }] }
  }
  const fault: Located["fault"] = (path, message) => {
    const setting = path.map(shown).join(".")
    const override = overrides.find(({ path }) => path.join(".") === setting)
    return override === undefined
      ? { message, setting, position: at(offsetOf(document, path)) }
      : { message: `${message} (from ${override.variable})`, setting }
  }
  const written = overrides.reduce(
    (settings, { path, value }) => withValueAt(settings, path, value),
    tree.success as Tree
  )
  const { configuration, issues } = decodedWithout(written)
  const faults = issues.map(({ message, path }) => fault(path, message))
  if (configuration === undefined) return { faults }
  const contrary = contradictions(configuration, written).map(({ issue, path }) => fault(path, issue))
  return { faults: [...faults, ...contrary], located: { configuration, fault } }
}

/** As {@link readAll}, of a text in which nothing may be wrong. */
export const read = (
  text: string,
  overrides: ReadonlyArray<Override> = []
): Result.Result<Located, ReadonlyArray<ConfigurationFault>> => {
  const { faults, located } = readAll(text, overrides)
  return located !== undefined && faults.length === 0 ? Result.succeed(located) : Result.fail(faults)
}

interface Issue {
  readonly path: ReadonlyArray<PropertyKey>
  readonly message: string
}

/** Decodes the settings, and again without those that are wrong until the rest is right; all that was wrong is told once. */
const decodedWithout = (
  written: Tree
): { readonly configuration?: Configuration; readonly issues: ReadonlyArray<Issue> } => {
  const issues: Array<Issue> = []
  const cuts: Array<ReadonlyArray<PropertyKey>> = []
  const filled = new Set<PropertyKey>()
  let left: Tree = written
  for (;;) {
    const decoded = decode(left)
    if (Result.isSuccess(decoded)) return { configuration: decoded.success, issues }
    const found = issuesOf(decoded.failure.issue).issues.map(({ message, path = [] }): Issue => ({
      path: path.map((segment) => (typeof segment === "object" ? segment.key : segment)),
      message: message.replace("Expected", "expected")
    }))
    // What is wrong in or around a setting for its absence is no fault of its own.
    issues.push(
      ...found
        .filter(({ path }) => !cuts.some((cut) => isWithin(cut, path) || isWithin(path, cut)))
        .map((issue) => ({ ...issue, message: told(left, issue) }))
    )
    // A section that is missing, or has another name by mistake, holds nothing: the rest is looked at all the same.
    const missing = found.filter(
      ({ path: [name, ...inner] }) =>
        inner.length === 0 && name !== undefined && !Object.hasOwn(left, name) && !filled.has(name)
    )
    for (const { path } of missing) filled.add(path[0]!)
    left = missing.reduce((tree, { path: [name] }) => ({ ...tree, [name!]: {} }), left)
    cuts.push(...missing.map(({ path }) => path))
    const next = found.filter((issue) => !missing.includes(issue)).map(({ path }) => whole(left, path))
    if (next.some((path) => path.length === 0)) return { issues }
    cuts.push(...next)
    left = next.reduce((tree, path) => withValueAt(tree, path, undefined), left)
  }
}

const isWithin = (outer: ReadonlyArray<PropertyKey>, path: ReadonlyArray<PropertyKey>): boolean =>
  outer.every((name, index) => path[index] === name)

/** What has to go with a setting that is wrong: a whole list, whose places would change; and what lacks a setting. */
const whole = (tree: object, path: ReadonlyArray<PropertyKey>): ReadonlyArray<PropertyKey> => {
  let value: unknown = tree
  for (const [depth, name] of path.entries()) {
    if (Array.isArray(value)) return path.slice(0, depth)
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return path.slice(0, depth)
    value = (value as Record<PropertyKey, unknown>)[name]
  }
  return path
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
