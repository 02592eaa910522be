import { JsonText } from "@cbr/domain"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Option, Schema, Stdio, Stream } from "effect"
import { readSavedList } from "../../src/input/SavedListFile.ts"

const Saved = Schema.Struct({
  names: Schema.Array(Schema.String).check(Schema.isMaxLength(8)),
  sizes: Schema.NonEmptyArray(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 60 })))
})

/** A text in pieces of the sizes that are given, over and over. */
const piecesOf = (text: string, sizes: ReadonlyArray<number>): ReadonlyArray<Uint8Array> => {
  const bytes = new TextEncoder().encode(text)
  const pieces: Array<Uint8Array> = []
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1
    pieces.push(bytes.slice(at, at + size))
    at += size
  }
  return pieces
}

const read = (text: string, sizes: ReadonlyArray<number>) =>
  Stream.runCollect(readSavedList("-", () => Effect.void)).pipe(
    Effect.map((all) => all.map(({ backup }) => backup.name)),
    Effect.provide(Stdio.layerTest({ stdin: Stream.fromIterable(piecesOf(text, sizes)) }))
  )

describe("readSavedList", () => {
  it.effect.prop(
    "readSavedList reads each form of a saved list the same, wherever its text is cut",
    [Saved],
    ([{ names, sizes }]) =>
      Effect.gen(function* () {
        const backups = names.map((name, index) => ({ id: `x-${index}`, name }))
        const bodies = backups.map((backup) => JSON.stringify({ backup }))
        const forms = [
          JSON.stringify({ backups, count: backups.length }),
          `\uFEFF${JSON.stringify({ count: 1, backups }, null, 2)}\n`,
          `[${bodies.map((body) => JsonText.indent(body)).join("\n,")}\n]\n`,
          ...(bodies.length === 0 ? [] : [`${bodies.join("\n")}\n`, bodies.join("\r\n\r\n")])
        ]
        for (const form of forms) assert.deepStrictEqual(yield* read(form, sizes), [...names])
      })
  )

  it.effect("a backup that a list has twice comes once, and one without an id each time", () =>
    Effect.gen(function* () {
      const backups = [
        { id: "a", name: "1" },
        { name: "2" },
        { id: "A", name: "3" },
        { id: "b", name: "4" },
        { name: "2" }
      ]
      const lines = backups.map((backup) => JSON.stringify({ backup })).join("\n")
      for (const text of [lines, JSON.stringify({ backups, count: 5 }), JSON.stringify(backups)]) {
        assert.deepStrictEqual(yield* read(text, [9]), ["1", "2", "4", "2"])
      }
    })
  )

  it.effect("readSavedList gives the backups of an answer on one line as they come, with any key first", () =>
    Effect.gen(function* () {
      const backups = Array.from({ length: 5_000 }, (_, n) => ({ id: `x-${n}`, name: "n".repeat(1_000) }))
      for (const body of [
        { backups, count: 5_000 },
        { count: 5_000, backups },
        { limit: 9_000, offset: 0, backups }
      ]) {
        let read = 0
        const pieces = Stream.fromIterable(piecesOf(JSON.stringify(body), [65_536])).pipe(
          Stream.rechunk(1),
          Stream.tap(() => Effect.sync(() => read++))
        )
        const first = yield* Stream.runHead(readSavedList("-", () => Effect.void)).pipe(
          Effect.provide(Stdio.layerTest({ stdin: pieces }))
        )
        assert.isTrue(Option.isSome(first))
        assert.isAtMost(read, 3)
      }
    })
  )

  it.effect("readSavedList refuses a text that is no list, or that is cut", () =>
    Effect.gen(function* () {
      const line = `{"backup":{"id":"x"}}`
      for (const text of ["", "x", "[1,", `[${line}`, `{"backups":[`, `${line}\n{"backup":`, `${line}\n${line}]`]) {
        const failure = yield* Effect.flip(read(text, [7]))
        assert.strictEqual(failure.kind, "MalformedResponse", text)
      }
    })
  )
})
