import * as SchemaAST from "effect/SchemaAST"
import { Configuration } from "./Configuration.ts"
import { type Described, described } from "./JsonSchema.ts"

/** What there is to know of one setting, as its schema has it. */
export interface SettingFact {
  /** Where it stands in the file. */
  readonly path: ReadonlyArray<string>
  readonly description: string
  /** What counts where the file says nothing; `undefined` where nothing does. */
  readonly default: unknown
  /** Whether a change of the file is followed, or waits for the next start. */
  readonly applies: "at start" | "at reload"
  /** The variable of the environment that gives it in place of the file; only a setting with one value has one. */
  readonly variable: string | undefined
  /** What the text of the variable is in the file. */
  readonly parse: ((text: string) => unknown) | undefined
}

/** How the text of a variable is read, by the type of its setting. */
const parsers: Readonly<Record<string, (text: string) => unknown>> = {
  string: (text) => text,
  integer: (text) => (/^\d+$/.test(text) ? Number(text) : text),
  boolean: (text) => (text === "true" ? true : text === "false" ? false : text)
}

/** Every setting with a place of its own: those below a name that the operator chooses are told of with their section. */
export const settingFacts: ReadonlyArray<SettingFact> = (() => {
  const facts: Array<SettingFact> = []
  const visit = (ast: SchemaAST.AST, json: Described, path: ReadonlyArray<string>, isAtStart: boolean) => {
    // A secret is described as it is written.
    const annotations = { ...SchemaAST.resolve(SchemaAST.toEncoded(ast)), ...SchemaAST.resolve(ast) }
    const { appliesAtStart, default: value, description } = annotations
    const applies = isAtStart || appliesAtStart === true
    const parse = typeof json.type === "string" ? parsers[json.type] : undefined
    if (path.length > 0) {
      facts.push({
        path,
        description: typeof description === "string" ? description : "",
        default: value,
        applies: applies ? "at start" : "at reload",
        variable: parse && `CBR_PROXY_${path.join("_").toUpperCase()}`,
        parse
      })
    }
    for (const { name, type } of ast._tag === "Objects" ? ast.propertySignatures : []) {
      if (name !== "$schema") visit(type, json.properties?.[String(name)] ?? {}, [...path, String(name)], applies)
    }
  }
  visit(Configuration.ast, described, [], false)
  return facts
})()

/** The settings that a variable can override: `listen.port` by `CBR_PROXY_LISTEN_PORT`. */
export const overridable = settingFacts.flatMap(({ parse, path, variable }) =>
  parse === undefined || variable === undefined ? [] : [{ parse, path, variable }]
)

/** The settings and sections that are read at the start alone, each by the outermost that says so. */
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
  ...settingFacts.map((fact) => `| ${cellsOf(fact).join(" | ")} |`)
]
  .join("\n")
  .concat("\n")

function cellsOf({ applies, default: value, description, path, variable }: SettingFact): ReadonlyArray<string> {
  return [
    `\`${path.join(".")}\``,
    value === undefined ? "" : `\`${JSON.stringify(value)}\``,
    description.replace("; read at start only", "").replaceAll("|", String.raw`\|`),
    variable === undefined ? "" : `\`${variable}\``,
    applies
  ]
}
