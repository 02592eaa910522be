import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { parseAllDocuments } from "yaml"

/** Where a file of this package lies. */
export const pathOf = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url))

export const textOf = (name: string): string => readFileSync(pathOf(name), "utf8")

/** The documents of a YAML file, by the rules of YAML 1.1, by which Kubernetes and Compose read theirs. */
export const documentsOf = (name: string): ReadonlyArray<unknown> =>
  parseAllDocuments(textOf(name), { version: "1.1", merge: true }).map((document) => {
    if (document.errors.length > 0) throw document.errors[0]
    return document.toJS() as unknown
  })
