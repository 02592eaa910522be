import * as Result from "effect/Result"
import {
  type Document,
  type ErrorCode,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type YAMLParseError
} from "yaml"
import type { ConfigurationFault } from "./ConfigurationFault.ts"
import type { SettingPath } from "./SettingTree.ts"

type Position = NonNullable<ConfigurationFault["position"]>

/** The values of a text of YAML, and where each of them begins. */
export interface YamlText {
  readonly value: unknown
  /** The position of a setting: of its name, of its value in a list, or of its section if it is missing. */
  readonly positionOf: (path: SettingPath) => Position
}

/** Parses YAML, and so JSON, which is YAML. Fails with every fault of its syntax. */
export const parseYaml = (text: string): Result.Result<YamlText, ReadonlyArray<ConfigurationFault>> => {
  const lines = new LineCounter()
  // Version 1.2 alone: to 1.1 the region code `no` is false, and `12:30` a number.
  const document = parseDocument(text, { lineCounter: lines, version: "1.2", prettyErrors: false })
  const at = (offset: number): Position => {
    const { col, line } = lines.linePos(offset)
    return { line, column: col }
  }
  const faults = document.errors.map((error) => ({ message: messageOf(error, text), offset: error.pos[0] }))
  if (faults.length === 0) faults.push(...misusesIn(document))
  if (faults.length > 0) {
    return Result.fail(faults.map(({ message, offset }) => ({ message, setting: "", position: at(offset) })))
  }
  return Result.try({
    // Aliases can multiply a short text into a vast tree, which is refused.
    try: () => ({
      value: document.toJS({ maxAliasCount: 1_000 }) as unknown,
      positionOf: (path) => at(offsetOf(document, path))
    }),
    catch: (error) => [{ message: error instanceof Error ? error.message : String(error), setting: "" }]
  })
}

const messages: Partial<Record<ErrorCode, string>> = {
  TAG_RESOLVE_FAILED: "no such tag; a text that begins with ! stands in quotes",
  MULTIPLE_DOCS: "a second document begins here: take the line --- out",
  TAB_AS_INDENT: "a tab stands before the name: use spaces"
}

/** Without the text that some messages quote: a secret that is not quoted may begin with one of YAML's own characters. */
const messageOf = ({ code, message, pos }: YAMLParseError, text: string): string => {
  if (code === "DUPLICATE_KEY") {
    return `the name ${/^["']?[\w.-]*["']?/.exec(text.slice(pos[0]))?.[0]} stands twice in its section: keep one of them`
  }
  return messages[code] ?? (code === "UNEXPECTED_TOKEN" ? message.replace(/: .*/s, "") : message)
}

/** Faults that the parser leaves to its reader: an alias without its anchor, and a name that is none. */
const misusesIn = (document: Document) => {
  const found: Array<{ readonly message: string; readonly offset: number }> = []
  const add = (node: unknown, message: string) =>
    void found.push({ message, offset: (isNode(node) ? node.range?.[0] : undefined) ?? 0 })
  visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document) !== undefined) return
      add(alias, "no such anchor before this alias; a text that begins with * stands in quotes")
    },
    Pair: (_, { key }) => {
      if (!isScalar(key)) add(key, "a name of a setting is one word")
      else if (key.value === "<<") add(key, "YAML 1.2 merges no settings: write them out here")
    }
  })
  return found
}

const offsetOf = (document: Document, path: SettingPath): number => {
  let node: unknown = document.contents
  let offset = document.contents?.range?.[0] ?? 0
  for (const name of path.map(String)) {
    const pair = isMap(node)
      ? node.items.find(({ key }) => isScalar(key) && String(key.value) === name)
      : {
          key: isSeq(node) ? node.items[Number(name)] : undefined,
          value: isSeq(node) ? node.items[Number(name)] : undefined
        }
    if (!isNode(pair?.key) || !pair.key.range) return offset
    offset = pair.key.range[0]
    node = pair.value
  }
  return offset
}
