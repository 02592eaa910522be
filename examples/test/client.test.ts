import { execFile } from "node:child_process"
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { Fault, layer as simulator, Simulator } from "@cbr/simulator"
import { assert, describe, it, layer } from "@effect/vitest"
import { Effect, Redacted } from "effect"

const source = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), "utf8")

/** Runs an example in a process of its own against the simulator: what it printed, line by line. */
const run = (example: string, backupId: string, stdin = "", own: NodeJS.ProcessEnv = {}) =>
  Effect.gen(function* () {
    const { ak, cbr, iam, project_id, region, sk } = yield* Simulator
    return yield* Effect.callback<ReadonlyArray<string>, Error>((resume) => {
      const child = execFile(
        process.execPath,
        [fileURLToPath(new URL(`../${example}`, import.meta.url)), project_id, backupId],
        {
          env: {
            CBR_ENDPOINT: cbr,
            CBR_IAM_ENDPOINT: iam,
            CBR_REGION: region,
            HUAWEICLOUD_SDK_AK: ak,
            HUAWEICLOUD_SDK_SK: Redacted.value(sk),
            ...own
          }
        },
        (error, stdout) => resume(error === null ? Effect.succeed(stdout.trimEnd().split("\n")) : Effect.fail(error))
      )
      child.stdin?.end(stdin)
      return Effect.sync(() => child.kill())
    })
  })

const changing = "5d8261f7-46e6-4a4f-9a3f-0b3f1a3f1a3f"

/** A backup that has another status from its second look on. */
const putChanging = (status: string) =>
  Effect.flatMap(Simulator, ({ put }) => {
    const at = (now: string) => ({
      backup_id: changing,
      body: JSON.stringify({ backup: { id: changing, name: "nightly", status: now } })
    })
    return put(at("protecting"), { after: "50 millis", fixture: at(status) })
  })

layer(simulator({ fleet: 6 }), { excludeTestServices: true })("the client's examples", (it) => {
  for (const style of ["effect", "promise"]) {
    describe(style, () => {
      it.effect("anyCredential finds credential and project, by the region or by its name in the environment", () =>
        Effect.gen(function* () {
          const { ak, backups, cbr, iam, project_id, region, sk } = yield* Simulator
          const told = [`autobk_1c2e is available, in project ${project_id}`]
          const of = (own: NodeJS.ProcessEnv) => run(`${style}/anyCredential.ts`, backups.available, "", own)
          assert.deepStrictEqual(yield* of({}), told)
          assert.deepStrictEqual(yield* of({ CBR_REGION: undefined, HUAWEICLOUD_SDK_PROJECT_ID: project_id }), told)
          // A profile has all of it, and the environment nothing.
          const home = mkdtempSync(join(tmpdir(), "cbr-examples-"))
          mkdirSync(join(home, ".config/cbr"), { recursive: true })
          const profile = { region, endpoint: cbr, iam_endpoint: iam, ak, sk: Redacted.value(sk) }
          writeFileSync(join(home, ".config/cbr/profiles.json"), JSON.stringify({ profiles: { default: profile } }), {
            mode: 0o600
          })
          const unset = {
            CBR_ENDPOINT: undefined,
            CBR_IAM_ENDPOINT: undefined,
            CBR_REGION: undefined,
            HUAWEICLOUD_SDK_AK: undefined,
            HUAWEICLOUD_SDK_SK: undefined
          }
          assert.deepStrictEqual(yield* of({ ...unset, HOME: home }), told)
          rmSync(home, { recursive: true })
          const failed = yield* Effect.flip(
            of({ HUAWEICLOUD_SDK_AK: undefined, HUAWEICLOUD_SDK_SK: undefined, CBR_METADATA: "off" })
          )
          assert.include(failed.message, "HUAWEICLOUD_SDK_AK")
        })
      )

      it.effect("showBackup prints the status of a backup, or why there is none", () =>
        Effect.gen(function* () {
          const { backups, faults } = yield* Simulator
          assert.deepStrictEqual(yield* run(`${style}/showBackup.ts`, backups.available), ["autobk_1c2e is available"])
          const [missing] = yield* run(`${style}/showBackup.ts`, faults.not_found)
          assert.match(missing!, /^CBR answered 404, BackupService\.6200/)
        })
      )

      it.effect("showMany prints a status or an error for each id of standard input", () =>
        Effect.gen(function* () {
          const { backups, faults } = yield* Simulator
          const lines = yield* run(`${style}/showMany.ts`, "", `${backups.available}\n${faults.not_found}\n`)
          assert.sameMembers([...lines], [`${backups.available} available`, `${faults.not_found} BackupNotFound`])
        })
      )

      it.effect("listBackups shows the newest backup of a server, then all of them", () =>
        Effect.gen(function* () {
          const [newest, ...all] = yield* run(`${style}/listBackups.ts`, "ecs-fleet-0006")
          assert.match(newest!, /^newest: autobk_[0-9a-f]+ available$/)
          assert.lengthOf(all, 30)
          assert.deepStrictEqual(all, [...all].sort().reverse())
          const [missing] = yield* run(`${style}/listBackups.ts`, "ecs-fleet-0001")
          assert.match(missing!, /ecs-fleet-0001/)
        })
      )

      it.effect("changes prints each change of the status", () =>
        Effect.gen(function* () {
          yield* putChanging("available")
          const lines = yield* run(`${style}/changes.ts`, changing)
          const second = style === "effect" ? "status protecting → available" : "status available"
          assert.deepStrictEqual(lines, ["status protecting", second])
        })
      )

      it.effect("waitUntil prints each poll, and the status at the end", () =>
        Effect.gen(function* () {
          yield* putChanging("available")
          assert.deepStrictEqual(yield* run(`${style}/waitUntil.ts`, changing), [
            "Seen",
            "Seen",
            "nightly is available"
          ])
          yield* putChanging("error")
          assert.deepStrictEqual(yield* run(`${style}/waitUntil.ts`, changing), [
            "Seen",
            "Seen",
            "status=available and children=available can no longer come true: the status is error"
          ])
        })
      )
    })
  }
})

/** The exit code and the message of an example that lacks a setting. */
const lacking = (
  example: string,
  env: Readonly<Record<string, string>>,
  words: ReadonlyArray<string> = ["p", "6df2b54c-dd62-4059-a07c-1b8f24f2725d"]
) =>
  Effect.callback<{ readonly code: unknown; readonly stderr: string }>((resume) => {
    const child = execFile(
      process.execPath,
      [fileURLToPath(new URL(`../${example}`, import.meta.url)), ...words],
      { env },
      (error, _, stderr) => resume(Effect.succeed({ code: error?.code, stderr }))
    )
    return Effect.sync(() => child.kill())
  })

layer(simulator(), { excludeTestServices: true })("an example that cannot show a backup", (it) => {
  for (const example of [
    "effect/showBackup.ts",
    "promise/showBackup.ts",
    "promise/changes.ts",
    "promise/waitUntil.ts"
  ]) {
    it.effect(`${example} says why in a sentence`, () =>
      Effect.gen(function* () {
        const { cbr } = yield* Simulator
        const nowhere = yield* lacking(example, {})
        assert.deepInclude(nowhere, { code: 1 })
        assert.match(
          nowhere.stderr,
          example.startsWith("effect") ? /^[^\n]*CBR_ENDPOINT[^\n]*\n$/ : /^[^\n]*endpoint[^\n]*\n$/
        )
        const refused = yield* lacking(example, {
          CBR_ENDPOINT: cbr,
          HUAWEICLOUD_SDK_AK: "WRONGACCESSKEY000001",
          HUAWEICLOUD_SDK_SK: "wrong"
        })
        assert.deepInclude(refused, { code: 1 })
        assert.match(refused.stderr, /^CBR answered 401[^\n]*\n$/)
      })
    )
  }
})

layer(simulator(), { excludeTestServices: true })("the client's limits and what is seen of it", (it) => {
  it.effect("policy opens the circuit after three failed calls", () =>
    Effect.gen(function* () {
      const { faults } = yield* Simulator
      assert.deepStrictEqual(yield* run("effect/policy.ts", faults.unavailable), [
        "ServiceUnavailable Closed",
        "ServiceUnavailable Closed",
        "ServiceUnavailable Open",
        "ServiceUnavailable Open"
      ])
    })
  )

  it.effect("observe prints every attempt and the number of retries", () =>
    Effect.gen(function* () {
      const { backups, inject } = yield* Simulator
      yield* inject(Fault.Answer({ status: 503, headers: { "retry-after": "1" } }), {
        on: { backup_id: backups.available }
      })
      assert.deepStrictEqual(yield* run("effect/observe.ts", backups.available), ["retries: 1"])
      assert.deepStrictEqual(yield* run("effect/observe.ts", backups.available), ["retries: 0"])
    })
  )
})

it.effect.each(["effect/changes.ts", "effect/listBackups.ts", "promise/listBackups.ts", "promise/showMany.ts"])(
  "%s prints its usage without arguments",
  (example) =>
    Effect.gen(function* () {
      const { code, stderr } = yield* lacking(example, {}, [])
      assert.strictEqual(code, 2)
      assert.match(stderr, /^usage: node \w+\.ts PROJECT_ID[ A-Z_]*\n$/)
    })
)

it("the client's README shows the examples that run", () => {
  const readme = readFileSync(new URL("../../packages/client/README.md", import.meta.url), "utf8")
  const blocks = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, block]) => block)
  for (const name of ["showBackup", "listBackups"]) {
    assert.includeMembers(blocks, [source(`effect/${name}.ts`), source(`promise/${name}.ts`)])
  }
})

it.each(readdirSync(new URL("../promise", import.meta.url)))(
  "promise/%s has no syntax that the oldest promised Node lacks",
  (file) => {
    assert.notMatch(source(`promise/${file}`), /\busing\b/)
  }
)
