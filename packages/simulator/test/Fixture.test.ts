import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { builtIn } from "../src/Fixture.ts"
import { Fixture, Simulator } from "../src/index.ts"
import { running, withToken } from "./Caller.ts"

describe("a built-in backup", () => {
  it.effect("is served byte for byte, under the id that its name stands for", () =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      for (const [name, [fixture]] of Object.entries(builtIn)) {
        const { headers, status, text } = yield* withToken(fixture.backup_id)
        assert.strictEqual(status, 200, name)
        assert.strictEqual(text, fixture.body, name)
        assert.strictEqual(headers["content-length"], String(Buffer.byteLength(fixture.body)), name)
        assert.strictEqual(backups[name as keyof typeof backups], fixture.backup_id)
      }
    }).pipe(Effect.provide(running()))
  )

  it("has an id of its own, which its body repeats", () => {
    const timelines = Object.values(builtIn)
    assert.strictEqual(new Set(timelines.map(([{ backup_id }]) => backup_id)).size, timelines.length)
    for (const [{ backup_id, body }] of timelines) assert.strictEqual(JSON.parse(body).backup.id, backup_id)
  })

  it("exists for every status of the page, named by it", () => {
    for (const status of [
      "available",
      "protecting",
      "deleting",
      "restoring",
      "error",
      "waiting_protect",
      "waiting_delete",
      "waiting_restore"
    ] as const) {
      assert.strictEqual(JSON.parse(builtIn[status][0].body).backup.status, status)
    }
  })
})

describe("a fixture", () => {
  const backup_id = "0f0f0f0f-0000-4000-8000-000000000000"
  const served = Effect.gen(function* () {
    const { status, text } = yield* withToken(backup_id)
    return [status, text]
  })

  it.effect.each(["", "not json", '{"backup":{"n":1.50, "big":9007199254740993}}\r\n', "備份 💾 \u0000"])(
    "is served byte for byte: %j",
    (body) =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* served, [200, body])
      }).pipe(Effect.provide(running({ fixtures: [{ backup_id, body }] })))
  )

  it.effect("takes the place of a built-in backup of the same id", () =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      assert.strictEqual((yield* withToken(backups.example)).text, "mine")
    }).pipe(Effect.provide(running({ fixtures: [{ backup_id: builtIn.example[0].backup_id, body: "mine" }] })))
  )

  it.effect.each(["6df2b54c-dd62-9059-f07c-1b8f24f2725d", "6DF2B54C-DD62-0059-007C-1B8F24F2725D"])(
    "may have any id that a request may have: %s",
    (id) =>
      Effect.gen(function* () {
        const fixture = yield* Schema.decodeUnknownEffect(Fixture)({ backup_id: id, body: "mine" })
        const { text } = yield* withToken(id).pipe(Effect.provide(running({ fixtures: [fixture] })))
        assert.strictEqual(text, "mine")
      })
  )

  it.effect.each([
    { problem: "backup_id", fixture: { backup_id: "1", body: "" } },
    { problem: "project_id", fixture: { backup_id, project_id: "../x", body: "" } },
    { problem: "status", fixture: { backup_id, status: 100, body: "" } },
    { problem: "Content-Length", fixture: { backup_id, headers: { "Content-Length": "1" }, body: "" } },
    { problem: "x-split", fixture: { backup_id, headers: { "x-split": "a\r\nb: c" }, body: "" } },
    { problem: "no name", fixture: { backup_id, headers: { "no name": "" }, body: "" } },
    { problem: "body", fixture: { backup_id, body: {} } }
  ])("is refused for a wrong $problem", ({ fixture, problem }) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Schema.decodeUnknownEffect(Fixture)(fixture))
      assert.include(error.message, `["${problem}"]`)
    })
  )
})
