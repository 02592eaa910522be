import { basename } from "node:path"

/** The arguments of an example, by their names. Without one of them, the process prints the usage and exits with 2. */
export const argumentsOf = <const Names extends ReadonlyArray<string>>(
  ...names: Names
): { readonly [Index in keyof Names]: string } => {
  const [, file = "", ...given] = process.argv
  if (given.length >= names.length) return given as never
  console.error(`usage: node ${basename(file)} ${names.join(" ")}`)
  process.exit(2)
}
