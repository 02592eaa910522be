import { isObject, type JsonValue } from "@cbr/client/jmespath"
import { type BackupResp, hasEnded, type ReplicationRecordGet } from "@cbr/domain"
import { cellText } from "../text/cellText.ts"
import { paint, type Piece, type Tone, toneOfReplication, toneOfStatus, displayWidth } from "../text/Style.ts"
import { wrap } from "../text/wrap.ts"
import { type Format, independentItems, type RenderContext } from "./Format.ts"
import { verdictOn } from "./Verdict.ts"

/** A backup with its children and replications as branches, each with a mark of its state, and the verdict. */
export const tree: Format = independentItems({
  backup: ({ backup }, surroundings) =>
    draw({ ...backupNode(backup, surroundings), below: verdictOn(backup, surroundings).line }, surroundings),
  value: (value, surroundings) => draw(valueNode("", value), surroundings)
})

interface Node {
  readonly line: ReadonlyArray<Piece>
  /** A detail, on its own line. */
  readonly below?: ReadonlyArray<Piece>
  readonly branches: ReadonlyArray<Node>
}

const draw = (root: Node, { colour, width }: RenderContext): string => {
  const lines: Array<string> = []
  const add = (node: Node, first: string, rest: string): void => {
    const room = width === undefined ? undefined : Math.max(20, width - displayWidth(first))
    const below = rest + (node.branches.length === 0 ? "" : "│")
    const indent = below === rest ? 2 : 1
    const more = node.below === undefined ? [] : wrap([" ".repeat(indent), ...node.below], indent, room)
    ;[...wrap(node.line, indent, room), ...more].forEach((line, index) =>
      lines.push(paint([{ text: index === 0 ? first : below, tone: "faint" }, ...line], colour))
    )
    node.branches.forEach((branch, index) => {
      const isLast = index === node.branches.length - 1
      add(branch, rest + (isLast ? "└─ " : "├─ "), rest + (isLast ? "   " : "│  "))
    })
  }
  // A value without a name of its own has its branches at the margin.
  if (root.line.length === 0) for (const branch of root.branches) add(branch, "", "")
  else add(root, "", "")
  return lines.join("\n")
}

const marks: Readonly<Record<Tone, string>> = { good: "✓", bad: "✗", busy: "…", faint: "-", strong: "-" }

const spaced = (parts: ReadonlyArray<string | undefined>): string =>
  parts
    .filter((part) => part !== undefined && part !== "")
    .map((part) => `  ${part}`)
    .join("")

/** The root has its own name, a child that of its disk: the service gives all children the same name. */
const backupNode = (backup: BackupResp, surroundings: RenderContext, isChild = false): Node => {
  const { messages } = surroundings
  const words = messages.backup
  const { id, name, resource_name, resource_size, status } = backup
  const called = isChild ? (resource_name ?? name) : (name ?? resource_name)
  const { level, mark, tone } = verdictOn(backup, surroundings)
  const statusTone = status === "available" && level !== "healthy" ? undefined : toneOfStatus(status)
  return {
    line: [
      { text: `${mark} `, tone },
      { text: called ?? words.absent, tone: "strong" },
      "  ",
      { text: status ?? words.absent, tone: statusTone },
      spaced([resource_size === undefined ? undefined : words.size(resource_size), id])
    ],
    branches: [
      ...(backup.children ?? []).map((child) => backupNode(child, surroundings, true)),
      ...(backup.replication_records ?? []).map((record) => replicationNode(record, surroundings))
    ]
  }
}

const replicationNode = (record: ReplicationRecordGet, { messages }: RenderContext): Node => {
  const { absent } = messages.backup
  const tone = toneOfReplication(record.status)
  const { fail_code, fail_reason, progress } = record.extra_info ?? {}
  return {
    line: [
      { text: `${marks[tone]} `, tone },
      `→ ${record.destination_region ?? absent}  `,
      { text: record.status ?? absent, tone },
      spaced([
        progress === undefined || (progress === 100 && hasEnded(record.status)) ? undefined : `${progress}%`,
        record.destination_backup_id,
        [fail_code, fail_reason].filter((part) => part !== undefined && part !== "").join(": ")
      ])
    ],
    branches: []
  }
}

/** Any value: a branch for each key, each element of a list. */
const valueNode = (label: string, value: JsonValue): Node => {
  const entries: ReadonlyArray<readonly [string, JsonValue]> = Array.isArray(value)
    ? (value as ReadonlyArray<JsonValue>).map((element, index) => [String(index), element] as const)
    : isObject(value)
      ? Object.entries(value)
      : []
  const isLeaf = entries.length === 0
  const text = isLeaf ? cellText(value) : ""
  const line = label === "" ? (isLeaf ? [text] : []) : [label, text === "" ? "" : `: ${text}`]
  return { line, branches: entries.map(([key, element]) => valueNode(key, element)) }
}
