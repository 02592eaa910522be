import * as SchemaAST from "effect/SchemaAST"
import { Configuration } from "./Configuration.ts"

/** The facts about one setting, as its schema has them. */
export interface SettingFact {
  /** The names that lead to it in the file. */
  readonly path: ReadonlyArray<string>
  readonly description: string
  /** The value without the setting; undefined if there is none. */
  readonly default: unknown
  readonly applies: "at start" | "at reload"
  /** The environment variable that overrides the file; only a setting with a single value has one. */
  readonly variable: string | undefined
  /** Reads the variable's text as the file's value; a wrong text stays as it is, for the schema to refuse. */
  readonly parse: ((text: string) => unknown) | undefined
}

/** Every setting with a place of its own: those below a name that the operator chooses are told of with their section. */
export const settingFacts: ReadonlyArray<SettingFact> = factsIn(Configuration.ast, [], false)

function factsIn(ast: SchemaAST.AST, path: ReadonlyArray<string>, isAtStart: boolean): ReadonlyArray<SettingFact> {
  const encoded = SchemaAST.toEncoded(ast)
  // A secret is described as it is written.
  const { appliesAtStart, default: value, description } = { ...SchemaAST.resolve(encoded), ...SchemaAST.resolve(ast) }
  const applies = isAtStart || appliesAtStart === true
  const parse = parserOf(encoded)
  const fact: SettingFact = {
    path,
    description: typeof description === "string" ? description : "",
    default: value,
    applies: applies ? "at start" : "at reload",
    variable: parse && `CBR_PROXY_${path.join("_").toUpperCase()}`,
    parse
  }
  const inner = ast._tag === "Objects" ? ast.propertySignatures : []
  return [
    ...(path.length === 0 ? [] : [fact]),
    ...inner.flatMap(({ name, type }) => (name === "$schema" ? [] : factsIn(type, [...path, String(name)], applies)))
  ]
}

function parserOf(encoded: SchemaAST.AST): ((text: string) => unknown) | undefined {
  switch (encoded._tag) {
    case "String":
    case "Literal":
      return (text) => text
    case "Union":
      return encoded.types.every(({ _tag }) => _tag === "Literal") ? (text) => text : undefined
    case "Number":
      return (text) => (/^\d+$/.test(text) ? Number(text) : text)
    case "Boolean":
      return (text) => (text === "true" ? true : text === "false" ? false : text)
    default:
      return undefined
  }
}

/** The settings that a variable can override: `listen.port` by `CBR_PROXY_LISTEN_PORT`. */
export const overridable = settingFacts.flatMap(({ parse, path, variable }) =>
  parse === undefined || variable === undefined ? [] : [{ parse, path, variable }]
)

/** The settings and sections that are read at start only, each by the outermost that says so. */
export const startOnly: ReadonlyArray<ReadonlyArray<string>> = settingFacts
  .filter(({ applies }) => applies === "at start")
  .map(({ path }) => path)
  .filter(
    (path, _, all) => !all.some((outer) => outer.length < path.length && outer.every((name, at) => path[at] === name))
  )

/** The settings as a page of Markdown, for people. */
export const settingsPage: string = [
  "# Settings of cbr-proxy",
  "",
  "`cbr-proxy schema --page` writes this page from the schema of the configuration. A change of a setting that applies",
  "at start waits for the next start. Changes of other settings apply as soon as the file changes. A variable overrides the file.",
  "",
  "| Setting | Default | What it is | Variable | Applies |",
  "| --- | --- | --- | --- | --- |",
  ...settingFacts.map(({ applies, default: value, description, path, variable }) => {
    const cells = [
      `\`${path.join(".")}\``,
      value === undefined ? "" : `\`${JSON.stringify(value)}\``,
      description.replace("; read at start only", "").replaceAll("|", String.raw`\|`),
      variable === undefined ? "" : `\`${variable}\``,
      applies
    ]
    return `| ${cells.join(" | ")} |`
  }),
  ""
].join("\n")
