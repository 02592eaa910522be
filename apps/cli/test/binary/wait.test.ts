import { Fault, layer as simulatorLayer, Simulator } from "@cbr/simulator"
import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { Binary, cbr } from "../Binary.ts"
import { withAccessKey } from "../CommandLine.ts"

const missing = "fa000000-0000-4000-8000-000000000404"
const own = (number: number) => `ac000000-0000-4000-8000-0000000000${String(number).padStart(2, "0")}`
const body = (id: string, fields: Record<string, unknown>) => JSON.stringify({ backup: { id, ...fields } })
const quick = ["--interval", "50ms"]

/** Puts a backup whose status is the first now, and the next at each look after it. */
const stepping = Effect.fnUntraced(function* (id: string, answers: ReadonlyArray<Record<string, unknown>>) {
  const simulator = yield* Simulator
  const last = answers.at(-1) ?? {}
  yield* simulator.put({ backup_id: id, body: body(id, last) })
  for (const answer of answers.slice(0, -1)) {
    yield* simulator.inject(
      Fault.Answer({ status: 200, headers: { "content-type": "application/json" }, body: body(id, answer) }),
      { on: { backup_id: id } }
    )
  }
})

layer(Layer.mergeAll(simulatorLayer(), NodeServices.layer, Binary.layer), {
  excludeTestServices: true,
  timeout: "2 minutes"
})("a wait, on the built binary", (it) => {
  it.effect("wait exits 9 at the third poll, at which the backup is in error", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      yield* stepping(own(9), [{ status: "protecting" }, { status: "protecting" }, { status: "error" }])
      yield* simulator.clearRequests
      const { err, exitCode } = yield* cbr(["wait", own(9), "--for", "status=available", ...quick], {
        env: yield* withAccessKey
      })
      assert.strictEqual(exitCode, 9)
      assert.lengthOf(yield* simulator.requests, 3)
      assert.include(err, "the status is error")
    })
  )

  it.effect(
    "wait --for deleted exits 0 when the backup is gone, 5 with --must-exist if it never was, and 9 if it comes back",
    () =>
      Effect.gen(function* () {
        const simulator = yield* Simulator
        const env = yield* withAccessKey
        const waiting = (id: string, ...more: ReadonlyArray<string>) =>
          cbr(["wait", id, "--for", "deleted", ...quick, ...more], { env })
        yield* simulator.inject(
          Fault.Answer({
            status: 200,
            headers: { "content-type": "application/json" },
            body: body(own(10), { status: "deleting" })
          }),
          { on: { backup_id: own(10) } }
        )
        assert.strictEqual((yield* waiting(own(10))).exitCode, 0)
        const never = yield* waiting(missing)
        assert.strictEqual(never.exitCode, 0)
        assert.include(never.err, "note: the first poll found no such backup")
        assert.strictEqual((yield* waiting(missing, "--must-exist")).exitCode, 5)
        yield* stepping(own(11), [{ status: "deleting" }, { status: "available" }])
        assert.strictEqual((yield* waiting(own(11))).exitCode, 9)
      })
  )

  it.effect("wait --any ends with the first backup that meets the condition, and names it", () =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      const { exitCode, out } = yield* cbr(
        ["wait", "--any", backups.protecting, backups.available, "--for", "status=available", ...quick],
        { env: yield* withAccessKey }
      )
      assert.strictEqual(exitCode, 0)
      assert.include(out, backups.available)
      assert.notInclude(out, backups.protecting)
    })
  )

  it.effect("wait exits 9 for a replication that failed, and prints its code and reason", () =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      const { err, exitCode } = yield* cbr(["wait", backups.replicated, "--for", "replicated=cn-south-1"], {
        env: yield* withAccessKey
      })
      assert.strictEqual(exitCode, 9)
      assert.include(err, "BackupService.2112")
      assert.include(err, "no capacity left")
    })
  )

  it.effect("wait shows an undocumented status with one note and waits on, and exits 11 with --strict", () =>
    Effect.gen(function* () {
      const env = yield* withAccessKey
      const strange = [{ status: "archiving" }, { status: "archiving" }, { status: "available" }]
      const waiting = (...more: ReadonlyArray<string>) =>
        cbr(["wait", own(13), "--for", "status=available", ...quick, ...more], { env })
      yield* stepping(own(13), strange)
      const patient = yield* waiting()
      assert.strictEqual(patient.exitCode, 0)
      assert.lengthOf(patient.err.match(/note: status archiving/g) ?? [], 1)
      yield* stepping(own(13), strange)
      assert.strictEqual((yield* waiting("--strict")).exitCode, 11)
    })
  )

  it.effect("watch prints a line of JSON for each change in a pipe", () =>
    Effect.gen(function* () {
      yield* stepping(own(21), [{ status: "protecting" }, { status: "protecting" }, { status: "available" }])
      const { err, exitCode, out } = yield* cbr(["watch", own(21), "--until-stable", ...quick], {
        env: yield* withAccessKey
      })
      assert.deepStrictEqual({ err, exitCode }, { err: "", exitCode: 0 })
      assert.deepStrictEqual(
        out
          .trimEnd()
          .split("\n")
          .map((line) => JSON.parse(line).backup.status),
        ["protecting", "available"]
      )
    })
  )
})
