import { readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import { parseAst } from "rolldown/parseAst"

const sourcesOf = (name: string): ReadonlyArray<string> => {
  const folder = fileURLToPath(new URL(`../../../../packages/${name}/src/`, import.meta.url))
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.includes("promise") && !file.includes("signing"))
    .map((file) => readFileSync(folder + file, "utf8"))
}

/** The texts of a source in which Chinese stands, without what is put in, and without what is quoted. */
const chineseOf = (source: string): ReadonlyArray<string> => {
  const texts: Array<string> = []
  const walk = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return
    const { quasis, type, value } = node as { quasis?: ReadonlyArray<Quasi>; type?: string; value?: unknown }
    if (type === "Literal" && typeof value === "string") texts.push(value)
    if (type === "TemplateLiteral" && quasis !== undefined)
      texts.push(quasis.map(({ value }) => value.cooked).join("\0"))
    Object.values(node).forEach(walk)
  }
  walk(parseAst(source, { lang: "ts" }))
  return texts
    .filter((text) => /\p{Script=Han}/u.test(text))
    .map((text) => text.replaceAll(/`[^`]*`|'[^']*'|"[^"]*"/g, "code"))
}

interface Quasi {
  readonly value: { readonly cooked: string }
}

/** An address, a condition with what it compares, and the program's name before what it says. */
const code = /https?:\/\/[^\s；，]*|[\w-]+=[\w,[\]]*|^cbr: /gm

const ofOtherWidth = (texts: ReadonlyArray<string>) =>
  texts.filter((text) => /[(),;:?!]/.test(text.replaceAll(code, "")))

describe("a Chinese text", () => {
  const texts = ["../apps/cli", "client", "domain"].flatMap(sourcesOf).flatMap(chineseOf)

  it("a Chinese text has Chinese punctuation", () => {
    assert.isAbove(texts.length, 400)
    assert.deepStrictEqual(ofOtherWidth(texts), [])
  })

  it.each([
    ["`字段(如 x)`", 1],
    ["`没有 ${a}${b === 1 ? '' : `，共 ${c} 个(退出码 ${d})`}`", 1],
    ['"show 为 json,watch 为 ndjson"', 1],
    ['"请见 https://a.example:1；条件如 status=a,b"', 0],
    ['"字段（如 x），用 `max-age: 24h` 书写"', 0]
  ])("as %s has %i wrong marks", (source, count) => {
    assert.lengthOf(ofOtherWidth(chineseOf(source)), count)
  })
})
