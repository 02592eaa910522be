import { fileURLToPath } from "node:url"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem, Schema, Stream } from "effect"
import { ChildProcess } from "effect/process"
import { builtIn } from "../src/Fixture.ts"

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url))

const start = (...flags: ReadonlyArray<string>) => ChildProcess.make(process.execPath, [main, ...flags])

const ReadyLine = Schema.fromJsonString(
  Schema.Struct({
    cbr: Schema.String,
    iam: Schema.String,
    ak: Schema.String,
    sk: Schema.String,
    project_id: Schema.String,
    user: Schema.String,
    password: Schema.String,
    domain: Schema.String,
    backups: Schema.Record(Schema.String, Schema.String),
    faults: Schema.Record(Schema.String, Schema.String)
  })
)

const fixtureFile = Effect.fnUntraced(function* (text: string) {
  const files = yield* FileSystem.FileSystem
  const path = yield* files.makeTempFileScoped({ suffix: ".json" })
  yield* files.writeFileString(path, text)
  return path
})

const tokenBody = ({ domain, password, user }: typeof ReadyLine.Type) =>
  JSON.stringify({
    auth: {
      identity: { methods: ["password"], password: { user: { name: user, password, domain: { name: domain } } } }
    }
  })

const backup_id = "0f0f0f0f-0000-4000-8000-000000000000"

describe("the bin", () => {
  it.live.each(["SIGTERM", "SIGINT"] as const)("prints one line when ready, serves, and ends well on %s", (signal) =>
    Effect.gen(function* () {
      const fixtures = yield* fixtureFile(JSON.stringify([{ backup_id, headers: { "x-mine": "1" }, body: "{ }\n" }]))
      const child = yield* start("--port", "0", "--fixtures", fixtures)
      const lines: Array<string> = []
      // One request hangs when the signal comes, which must not hold the end back.
      yield* child.stdout.pipe(
        Stream.decodeText(),
        Stream.splitLines,
        Stream.runForEach(
          Effect.fnUntraced(function* (line) {
            lines.push(line)
            const ready = yield* Schema.decodeEffect(ReadyLine)(line)
            assert.sameMembers(Object.keys(ready.backups), Object.keys(builtIn))
            assert.containsAllKeys(ready.faults, ["rate_limited", "hang", "redirect"])
            const answer = yield* Effect.promise(async () => {
              const login = await fetch(`${ready.iam}/v3/auth/tokens`, { method: "POST", body: tokenBody(ready) })
              const token = login.headers.get("x-subject-token") ?? ""
              const path = `${ready.cbr}/v3/${ready.project_id}/backups`
              void fetch(`${path}/${ready.faults["hang"]}`).catch(() => undefined)
              const response = await fetch(`${path}/${backup_id}`, { headers: { "x-auth-token": token } })
              return [response.status, response.headers.get("x-mine"), await response.text()]
            })
            assert.deepStrictEqual(answer, [200, "1", "{ }\n"])
            yield* Effect.forkScoped(child.kill({ killSignal: signal }))
          })
        )
      )
      assert.strictEqual(Number(yield* child.exitCode), 0)
      assert.lengthOf(lines, 1)
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )

  it.live.each([
    { what: "is not JSON", text: "[", says: "Expected a valid JSON string" },
    { what: "is no array", text: "{}", says: "Expected array" },
    { what: "has a wrong id", text: `[{"backup_id":"x","body":""}]`, says: `at [0]["backup_id"]` },
    { what: "has a field too many", text: `[{"backup_id":"${backup_id}","body":"","boby":""}]`, says: `at [0]["boby"]` }
  ])("refuses a fixture file that $what, and says where", ({ says, text }) =>
    Effect.gen(function* () {
      const path = yield* fixtureFile(text)
      const child = yield* start("--fixtures", path)
      const [stdout, stderr] = yield* Effect.all(
        [Stream.mkString(Stream.decodeText(child.stdout)), Stream.mkString(Stream.decodeText(child.stderr))],
        { concurrency: 2 }
      )
      assert.strictEqual(Number(yield* child.exitCode), 2)
      assert.strictEqual(stdout, "")
      assert.include(stderr, path)
      assert.include(stderr, says)
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )

  it.live.each([
    { flags: ["--port", "65536"] },
    { flags: ["--nonsense"] },
    { flags: ["--fixtures", "/nonexistent.json"] }
  ])("refuses $flags without a word on stdout", ({ flags }) =>
    Effect.gen(function* () {
      const child = yield* start(...flags)
      const stdout = yield* Stream.mkString(Stream.decodeText(child.stdout))
      assert.strictEqual(Number(yield* child.exitCode), 2)
      assert.strictEqual(stdout, "")
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )
})
