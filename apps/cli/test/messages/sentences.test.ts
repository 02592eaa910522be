import { readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import { parseAst } from "rolldown/parseAst"
import { inChinese } from "../../src/messages/zh/inChinese.ts"
import { sentences } from "../../src/messages/zh/sentences.ts"

const sourcesOf = (name: string): ReadonlyArray<string> => {
  const folder = fileURLToPath(new URL(`../../../../packages/${name}/src/`, import.meta.url))
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.includes("promise") && !file.includes("signing"))
    .map((file) => readFileSync(folder + file, "utf8"))
}

const client = sourcesOf("client")
const sources = [...client, ...sourcesOf("domain")]

/** What the schema library says, and how lists are joined: in no source of ours. */
const ofLibraries = /^(?:Missing key|Unexpected key|Expected|an integer|a value (?:greater|less)|a string representing)/

describe("the core's sentences in Chinese", () => {
  it.each(sentences.filter(([english]) => !ofLibraries.test(english)))("%s: the core still says so", (english) => {
    const parts = english.split(/\{\d\}/).map((part) => part.replace(/^\W+|\W+$/g, ""))
    for (const part of parts.filter((part) => part.length > 3)) {
      // A word may be put together where it is said: `the answer of ${service} is ${…}`.
      const found = part.split(/[\s,;:]+/).every((word) => sources.some((source) => source.includes(word)))
      assert.isTrue(found, part)
    }
  })

  it("parts no Chinese from Chinese with a blank", () => {
    assert.strictEqual(inChinese("Expected an integer"), "应为整数")
    assert.strictEqual(inChinese("Expected SPAN"), "应为 SPAN")
  })
})

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

describe("what stands in Chinese", () => {
  const texts = [...sources, ...sourcesOf("../apps/cli")].flatMap(chineseOf)

  it("has the marks of Chinese", () => {
    assert.isAbove(texts.length, 400)
    assert.deepStrictEqual(ofOtherWidth(texts), [])
  })

  it.each([
    ["`字段(如 x)`", 1],
    ["`没有 ${a}${b === 1 ? '' : `，共 ${c} 个(退出码 ${d})`}`", 1],
    ['"show 为 json,watch 为 ndjson"', 1],
    ['"请见 https://a.example:1；条件如 status=a,b"', 0],
    ['"字段（如 x），用 `max-age: 24h` 书写"', 0]
  ])("%s has %i that is none", (source, count) => {
    assert.lengthOf(ofOtherWidth(chineseOf(source)), count)
  })
})
