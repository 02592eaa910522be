import { assert, describe, it } from "@effect/vitest"
import { Effect, Schedule, Stdio, Stream } from "effect"
import { readIds } from "../../src/input/BackupIdInput.ts"
import { commandLine } from "../CommandLine.ts"

const wordsIn = (stdin: string, words: ReadonlyArray<string> = ["-"]) =>
  readIds(words).pipe(
    Stream.runCollect,
    Effect.provide(Stdio.layerTest({ stdin: Stream.make(new TextEncoder().encode(stdin)) }))
  )

describe("the ids that standard input holds", () => {
  it.effect.each([
    { title: "a line each", stdin: "a\n\n  b \r\nc", ids: ["a", "b", "c"] },
    { title: "a line of JSON each", stdin: `"a"\n{"id":"b"}\n{"backup_id":"c","id":"x"}`, ids: ["a", "b", "c"] },
    { title: "an array", stdin: `["a",{"id":"b"},{"backup":{"id":"c"}}]`, ids: ["a", "b", "c"] },
    { title: "an array of many lines", stdin: `[\n  "a",\n  {\n    "id": "b"\n  },\n  "c"\n]\n`, ids: ["a", "b", "c"] },
    { title: "an array of a line an item", stdin: `[\n{"id":"a"},\n{"id":"b"}\n]`, ids: ["a", "b"] },
    { title: "an array that ends in an item's line", stdin: `[{"id":"a"},\n{"id":"b"}]\nc`, ids: ["a", "b", "c"] },
    { title: "brackets in texts", stdin: `[\n"]\\"",\n"}"]\n{"name":"[{","id":"a"}`, ids: [`]"`, "}", "a"] },
    { title: "a saved answer", stdin: JSON.stringify({ backup: { id: "a", children: [] } }, undefined, 2), ids: ["a"] },
    { title: "a list of the service", stdin: `{"backups":[{"id":"a"},{"id":"b"}],"count":2}`, ids: ["a", "b"] },
    { title: "several values, one after another", stdin: `{\n "id": "a"\n}\nb\n[\n"c"\n]`, ids: ["a", "b", "c"] },
    { title: "what names no backup, as it is", stdin: `[1,{"name":"x"}]`, ids: ["1", `{"name":"x"}`] },
    {
      title: "lines that are no JSON, as they are",
      stdin: `"a","b"\n{c}\n[d] e\nf`,
      ids: [`"a","b"`, "{c}", "[d] e", "f"]
    },
    { title: "nothing", stdin: "", ids: [] }
  ])("are $title", ({ ids, stdin }) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* wordsIn(stdin), ids)
    })
  )

  it.effect(
    "the ids that standard input holds are read from UTF-16 with a byte order mark, however its bytes come in pieces",
    () =>
      Effect.gen(function* () {
        for (const isBig of [false, true]) {
          const bytes = Buffer.from('\ufeffa\r\n["b"]\r\nßé\r\n', "utf16le")
          const pieces = Array.from(isBig ? bytes.swap16() : bytes, (byte) => Uint8Array.of(byte))
          const words = yield* readIds(["-"]).pipe(
            Stream.runCollect,
            Effect.provide(Stdio.layerTest({ stdin: Stream.fromIterable(pieces) }))
          )
          assert.deepStrictEqual(words, ["a", "b", "ßé"])
        }
        assert.deepStrictEqual(yield* wordsIn("a"), ["a"])
      })
  )

  it.effect(
    "the ids that standard input holds are found in a long list without reading it anew at each of its brackets",
    () =>
      Effect.gen(function* () {
        const backups = Array.from({ length: 4000 }, (_, id) => ({
          id: `${id}`,
          tags: [{}, {}],
          name: "n".repeat(1500)
        }))
        // Read anew, it would take minutes.
        assert.lengthOf(yield* wordsIn(JSON.stringify({ backups }, undefined, 2)), 4000)
      })
  )

  it.effect("take the place of the dash", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* wordsIn(`["b"]`, ["a", "-", "c"]), ["a", "b", "c"])
    })
  )

  it.effect("the ids that standard input holds are refused in a line without an end", () =>
    Effect.gen(function* () {
      let read = 0
      const stdin = Stream.forever(Stream.make(new TextEncoder().encode("y".repeat(2 ** 20)))).pipe(
        Stream.tap(() => Effect.sync(() => void read++))
      )
      for (const [lang, says] of [
        ["en", /standard input\n {2}why: +it has a line of more than 16777216 characters/],
        ["zh", /标准输入\n {2}原因：其中有一行超过 16777216 个字符/]
      ] as const) {
        const { err, exitCode } = yield* commandLine(
          ["show", "-", "--endpoint", "http://127.0.0.1:1", "--lang", lang],
          {
            stdio: Stdio.layerTest({ stdin })
          }
        )
        assert.strictEqual(exitCode, 2)
        assert.match(err, says)
      }
      assert.isAtMost(read, 2 * 32)
    })
  )

  it.effect("the ids that standard input holds are shortened in messages", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* wordsIn(`${"y".repeat(5000)}\na`), [`${"y".repeat(40)}…`, "a"])
      const long = "y".repeat(5000)
      const json = [`"${long}"`, JSON.stringify([{ id: long }, { x: long }]), `{${long}}`].join("\n")
      assert.deepStrictEqual(yield* wordsIn(json), [
        `${"y".repeat(40)}…`,
        `${"y".repeat(40)}…`,
        `{"x":"${"y".repeat(34)}…`,
        `{${"y".repeat(39)}…`
      ])
      // Each of many lines counts for itself.
      const lines = "y".repeat(1000).concat("\n")
      const many = Stream.make(new TextEncoder().encode(lines.repeat(1000))).pipe(Stream.repeat(Schedule.recurs(20)))
      const count = readIds(["-"]).pipe(Stream.runCount, Effect.provide(Stdio.layerTest({ stdin: many })))
      assert.strictEqual(yield* count, 21_000)
    })
  )

  it.effect(
    "the ids that standard input holds are refused with a reason if the input begins as JSON and is not JSON",
    () =>
      Effect.gen(function* () {
        const stdin = `[\n  "6df2b54c-dd62-4059-a07c-1b8f24f2725d",\n`
        const { err, exitCode } = yield* commandLine(["show", "-", "--endpoint", "http://127.0.0.1:1"], { stdin })
        assert.strictEqual(exitCode, 2)
        assert.match(err, /standard input\n {2}why: +it begins as JSON/)
        assert.match(err, /next: +give an id a line, or JSON/)
      })
  )

  it.effect("the ids that standard input holds may break off, and what was printed by then is one value", () =>
    Effect.gen(function* () {
      const { err, exitCode, out } = yield* commandLine(["show", "-", "-o", "json"], { stdin: `a\n[\n"b"\n` })
      assert.strictEqual(exitCode, 2)
      assert.deepStrictEqual(
        JSON.parse(out).map(({ id }: { id: string }) => id),
        ["a"]
      )
      assert.include(err, "it begins as JSON")
    })
  )

  it.effect("serve a check too, which refuses an empty list", () =>
    Effect.gen(function* () {
      const words = ["check", "-", "--status", "available"]
      const none = yield* commandLine(words)
      assert.strictEqual(none.exitCode, 3)
      assert.include(none.out, "CBR UNKNOWN - wrong use: standard input names no backup")
      const two = yield* commandLine(words, { stdin: `["a","b"]` })
      assert.include(two.out, "a: not a backup")
      assert.include(two.out, "2 backups not checked")
    })
  )
})

describe("a word that is not a backup's id", () => {
  it.effect.each([
    { word: "01c8bee5", isPart: true },
    { word: "b0000000-0000-4000-8000-00000000000", isPart: true },
    { word: "ecs-orders-0001", isPart: false },
    { word: "feed", isPart: false },
    { word: "01c8bee5-f1ee-4000-8000-000000000006-x", isPart: false }
  ])("$word is answered with the way to the whole id, or to a server of that name", ({ isPart, word }) =>
    Effect.gen(function* () {
      const { err } = yield* commandLine(["show", word])
      assert.strictEqual(err.includes(`cbr list -o value | grep -i ^${word}`), isPart, err)
      assert.strictEqual(err.includes(`--resource ${word}`), !isPart, err)
    })
  )
})
