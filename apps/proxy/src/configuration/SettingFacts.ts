import * as SchemaAST from "effect/SchemaAST"
import { Configuration } from "./Configuration.ts"
import { overridable } from "./EnvironmentOverride.ts"

/** What there is to know of one setting, as its schema has it. */
export interface SettingFact {
  /** Where it stands in the file. */
  readonly path: ReadonlyArray<string>
  readonly description: string
  /** What counts where the file says nothing; `undefined` where nothing does. */
  readonly default: unknown
  /** Whether a change of the file is followed, or waits for the next start. */
  readonly applies: "at start" | "at reload"
  /** The variable of the environment that gives it in place of the file. */
  readonly variable: string | undefined
}

/** Every setting with a place of its own: those below a name that the operator chooses are told of with their section. */
export const settingFacts: ReadonlyArray<SettingFact> = (() => {
  const facts: Array<SettingFact> = []
  const variables = new Map(overridable.map(({ path, variable }) => [path.join("."), variable]))
  const visit = (ast: SchemaAST.AST, path: ReadonlyArray<string>, isAtStart: boolean) => {
    // A secret is described as it is written.
    const annotations = { ...SchemaAST.resolve(SchemaAST.toEncoded(ast)), ...SchemaAST.resolve(ast) }
    const { appliesAtStart, default: value, description } = annotations
    const applies = isAtStart || appliesAtStart === true
    const inner = ast._tag === "Objects" ? ast.propertySignatures : []
    if (path.length > 0) {
      facts.push({
        path,
        description: typeof description === "string" ? description : "",
        default: value,
        applies: applies ? "at start" : "at reload",
        variable: variables.get(path.join("."))
      })
    }
    for (const { name, type } of inner) if (name !== "$schema") visit(type, [...path, String(name)], applies)
  }
  visit(Configuration.ast, [], false)
  return facts
})()

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
  "Written by `cbr-proxy schema --page` from the schema of the configuration. A setting that applies at start waits for the",
  "next one when it changes; all others follow a change of the file. The variable goes before the file.",
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
