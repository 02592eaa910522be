import { nearestName } from "@cbr/client"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import * as SchemaIssue from "effect/SchemaIssue"
import { Configuration } from "./Configuration.ts"
import type { ConfigurationFault } from "./ConfigurationFault.ts"
import { contradictions, didYouMean } from "./Contradictions.ts"
import { CredentialSection } from "./CredentialSection.ts"
import type { Override } from "./EnvironmentOverride.ts"
import { type SettingPath, type Tree, valueAt, withValueAt } from "./SettingTree.ts"
import { parseYaml } from "./YamlText.ts"

const decode = Schema.decodeUnknownResult(Configuration, { errors: "all", onExcessProperty: "error" })

/** A configuration and the positions of its settings in the text. */
export interface Located {
  readonly configuration: Configuration
  /** A fault of one setting that was found later than by reading. */
  readonly fault: (path: SettingPath, message: string) => ConfigurationFault
}

/** A text that was read as far as possible. */
export interface Reading {
  /** Every fault, with its line and column. */
  readonly faults: ReadonlyArray<ConfigurationFault>
  /** The configuration without the settings that are wrong; absent if the text is no YAML. */
  readonly located?: Located
}

/**
 * Reads a configuration from YAML or JSON. Overrides go before the text's
 * settings. Leaves settings out that are wrong, so that one reading also finds
 * the faults of settings that depend on others.
 */
export const readAll = (text: string, overrides: ReadonlyArray<Override> = []): Reading => {
  const yaml = parseYaml(text)
  if (Result.isFailure(yaml)) return { faults: yaml.failure }
  const { positionOf, value } = yaml.success
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    const position = { line: 1, column: 1 }
    return { faults: [{ message: "expected settings, such as `callers:`", setting: "", position }] }
  }
  const fault: Located["fault"] = (path, message) => {
    const setting = path.map(shown).join(".")
    const override = overrides.find(({ path }) => path.join(".") === setting)
    return override === undefined
      ? { message, setting, position: positionOf(path) }
      : { message: `${message} (from ${override.variable})`, setting }
  }
  const written = overrides.reduce((settings, { path, value }) => withValueAt(settings, path, value), value as Tree)
  const { configuration, issues } = decodedWithout(written)
  const faults = [...issues, ...contradictions(configuration, written)].map(({ issue, path }) => fault(path, issue))
  return { faults, located: { configuration, fault } }
}

/** Reads as {@link readAll} does, but fails with any fault. */
export const read = (
  text: string,
  overrides: ReadonlyArray<Override> = []
): Result.Result<Located, ReadonlyArray<ConfigurationFault>> => {
  const { faults, located } = readAll(text, overrides)
  return located !== undefined && faults.length === 0 ? Result.succeed(located) : Result.fail(faults)
}

/** `token:secret`, where a space is left out between braces, is a name to YAML. */
const shown = (name: PropertyKey): string => String(name).replace(/:.*/s, ":…")

interface Issue {
  readonly path: SettingPath
  readonly issue: string
}

/** The sections without a default, empty: a missing one leaves the rest readable. */
const required: Tree = Object.fromEntries(
  Object.entries(Configuration.fields)
    .filter(([, { ast }]) => !SchemaAST.isOptional(SchemaAST.toEncoded(ast)))
    .map(([name]) => [name, {}])
)

/** Decodes the settings, and again without those that are wrong until the rest is right. Returns each fault once. */
const decodedWithout = (
  written: Tree
): { readonly configuration: Configuration; readonly issues: ReadonlyArray<Issue> } => {
  const issues: Array<Issue> = []
  const cuts: Array<SettingPath> = []
  for (let left = written; ;) {
    const decoded = decode(left)
    if (Result.isSuccess(decoded)) return { configuration: decoded.success, issues }
    const found = issuesOf(decoded.failure.issue, left)
    // A fault in or around a setting that was cut is none of the text.
    issues.push(...found.filter(({ path }) => !cuts.some((cut) => isWithin(cut, path) || isWithin(path, cut))))
    cuts.push(...found.map(({ path }) => unitOf(left, path)))
    left = { ...required, ...cuts.reduce((tree, path) => withValueAt(tree, path, undefined), left) }
  }
}

const isWithin = (outer: SettingPath, path: SettingPath): boolean => outer.every((name, index) => path[index] === name)

/** The part that is cut with a wrong setting: a whole list, whose positions would change; for a missing one its section. */
const unitOf = (tree: Tree, path: SettingPath): SettingPath => {
  const depth = path.findIndex(
    (_, depth) =>
      Array.isArray(valueAt(tree, path.slice(0, depth))) || valueAt(tree, path.slice(0, depth + 1)) === undefined
  )
  return depth < 0 ? path : path.slice(0, Math.max(depth, 1))
}

const unknownSetting = "unknown setting"

const format = SchemaIssue.makeFormatterStandardSchemaV1({
  leafHook: (issue) =>
    issue._tag === "UnexpectedKey" && issue.ast._tag === "Objects"
      ? // A leaf does not know its own name, so its message carries the names that it may have meant.
        [unknownSetting, ...issue.ast.propertySignatures.map(({ name }) => String(name))].join("\0")
      : SchemaIssue.defaultLeafHook(issue)
})

/** Effect's messages for developers, in words for operators. */
const plainly: Readonly<Record<string, string>> = {
  "Missing key": "missing",
  "Expected string": "expected a text: a number, or a word such as true, stands in quotes",
  "Expected boolean": "expected true or false",
  "Expected array": "expected a list, such as [a, b]",
  "Expected object": "expected settings under this name; without any, take the name out"
}

const credentialTypes: ReadonlyArray<string> = CredentialSection.members.map(({ fields }) => fields.type.literal)

/** The faults of a decoding, each with the name that was probably meant. */
const issuesOf = (failure: SchemaIssue.Issue, written: Tree): ReadonlyArray<Issue> =>
  format(failure).issues.map(({ message, path: segments = [] }) => {
    const path = segments.map((segment) => (typeof segment === "object" ? segment.key : segment))
    const [said = "", ...names] = message.split("\0")
    const issue = plainly[said] ?? said.replace("Expected", "expected")
    return { path, issue: issue + didYouMean(meant(issue, names, path, written)) }
  })

const meant = (issue: string, names: ReadonlyArray<string>, path: SettingPath, written: Tree): string | undefined => {
  const name = String(path.at(-1))
  // A name with a colon is a name and a value, for want of a space.
  if (issue === unknownSetting) return name.includes(":") ? undefined : nearestName(name, names)
  const value = valueAt(written, path)
  if (typeof value === "string") return nearestName(value, issue.match(/(?<=")\w+(?=")/g) ?? [])
  const type = path[0] === "credentials" && path.length === 2 ? valueAt(value, ["type"]) : undefined
  return typeof type === "string" && !credentialTypes.includes(type) ? nearestName(type, credentialTypes) : undefined
}
