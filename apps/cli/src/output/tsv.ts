import { separated } from "./separated.ts"

/** Tab-separated values with a header line; a tab, line break or backslash in a cell is spelt out. */
export const tsv = separated((cells) => cells.map(cell).join("\t"))

const cell = (text: string): string => text.replace(/[\\\t\r\n]/g, (character) => spellings[character] ?? character)

const spellings: Readonly<Record<string, string>> = {
  "\\": String.raw`\\`,
  "\t": String.raw`\t`,
  "\r": String.raw`\r`,
  "\n": String.raw`\n`
}
