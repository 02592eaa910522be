import { type Described, described } from "./JsonSchema.ts"

/** A setting that the environment gives in place of the file. */
export interface Override {
  /** Where it stands in the file. */
  readonly path: ReadonlyArray<string>
  /** The variable that gave it, for messages. */
  readonly variable: string
  readonly value: unknown
}

/** A setting that can be overridden. */
export interface Overridable {
  readonly path: ReadonlyArray<string>
  readonly variable: string
  /** What the text of the variable is in the file. */
  readonly parse: (text: string) => unknown
}

const parsers: Readonly<Record<string, (text: string) => unknown>> = {
  string: (text) => text,
  integer: (text) => (/^\d+$/.test(text) ? Number(text) : text),
  boolean: (text) => (text === "true" ? true : text === "false" ? false : text)
}

/**
 * Settings that a variable can override, with the name of the variable:
 * `listen.port` is `CBR_PROXY_LISTEN_PORT`. Every setting with one value and a
 * place of its own has one; callers, credentials and projects do not.
 */
export const overridable: ReadonlyArray<Overridable> = (() => {
  const found: Array<Overridable> = []
  const visit = ({ properties = {}, type }: Described, path: ReadonlyArray<string>) => {
    const parse = typeof type === "string" ? parsers[type] : undefined
    if (parse !== undefined) found.push({ path, variable: `CBR_PROXY_${path.join("_").toUpperCase()}`, parse })
    for (const [name, inner] of Object.entries(properties)) if (name !== "$schema") visit(inner, [...path, name])
  }
  visit(described, [])
  return found
})()
