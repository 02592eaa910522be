import { layer as simulatorLayer, Simulator } from "@cbr/simulator"
import { assert, layer } from "@effect/vitest"
import { Effect, Fiber, Schedule } from "effect"
import { commandLine, withAccessKey } from "../../CommandLine.ts"

const replica = "ba000000-0000-4000-8000-0000000000e1"

layer(simulatorLayer(), { excludeTestServices: true })("cbr wait", (it) => {
  const waited = Effect.fnUntraced(function* (...words: ReadonlyArray<string>) {
    return yield* commandLine(["wait", ...words], { env: yield* withAccessKey })
  })

  /** Until so many requests have come; they are counted from here. */
  const requestsCome = Effect.fnUntraced(function* (count: number) {
    const { requests } = yield* Simulator
    yield* Effect.repeat(requests, { until: ({ length }) => length >= count, schedule: Schedule.spaced("10 millis") })
  })

  /** A backup whose restore mode is `na` while the wait looks, and `backup` afterwards. */
  const restorableLater = Effect.fnUntraced(function* (...words: ReadonlyArray<string>) {
    const simulator = yield* Simulator
    const put = (mode: string) =>
      simulator.put({
        backup_id: replica,
        body: JSON.stringify({
          backup: { id: replica, status: "available", extend_info: { supported_restore_mode: mode } }
        })
      })
    yield* put("na")
    yield* simulator.clearRequests
    const running = yield* Effect.forkChild(waited(replica, "--for", "restorable", "--interval", "50ms", ...words))
    yield* requestsCome(1)
    yield* put("backup")
    return yield* Fiber.join(running)
  })

  it.effect("cbr wait reports the condition, the time left and the reason, in lines and as JSON", () =>
    Effect.gen(function* () {
      const told = yield* restorableLater()
      assert.strictEqual(told.exitCode, 0, told.err)
      assert.match(
        told.err,
        /^cbr: note: waiting for restorable, 30m at most\n\S+ {2}ba\S+ {2}available .*not yet: the restore mode is na \((?:30m|29m [0-9]+s) left\)\n/
      )
      const json = yield* restorableLater("-o", "json", "--lang", "zh")
      const notes = json.err
        .split("\n")
        .map((line) => JSON.parse(line) as { readonly kind: string; readonly message: string })
      assert.isTrue(notes.every(({ kind }) => kind === "note"))
      assert.strictEqual(notes[0]?.message, "waiting for restorable, 30m at most")
      assert.match(notes[1]?.message ?? "", /not yet: the restore mode is na/)
      const chinese = yield* restorableLater("--lang", "zh")
      assert.match(chinese.err, /正在等待 restorable，最长 30m\n.*尚未满足：恢复方式为 na（剩余/)
    })
  )

  it.effect('cbr wait does not print "not yet" for a condition that can no longer hold', () =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      const { err, exitCode } = yield* waited(backups.error, "--for", "status=available")
      assert.strictEqual(exitCode, 9, err)
      assert.include(err, "can no longer come true")
      assert.notInclude(err, "not yet")
    })
  )

  it.effect("cbr wait lists the conditions once, with the query among them", () =>
    Effect.gen(function* () {
      for (const lang of ["en", "zh"]) {
        const { err } = yield* waited("x", "--for", "available", "--lang", lang)
        assert.lengthOf(err.match(/replicated=(?:REGION|区域)/g) ?? [], 1, err)
        assert.include(err, "query=JMESPATH")
      }
    })
  )

  it.effect.each([
    { words: [], condition: "exists" },
    { words: ["--for", "status=available"], condition: "status=available" },
    { words: ["--for", "exists", "--for", "status=available"], condition: "exists and status=available" }
  ])("$words waits with --until-exists for a backup that is not there yet", ({ condition, words }) =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      const id = "ba000000-0000-4000-8000-0000000000e2"
      yield* simulator.remove(id)
      yield* simulator.clearRequests
      const running = yield* Effect.forkChild(
        waited(id, "--interval", "50ms", ...words, ...(condition.startsWith("exists and") ? [] : ["--until-exists"]))
      )
      yield* requestsCome(3)
      yield* simulator.put({ backup_id: id, body: JSON.stringify({ backup: { id, status: "available" } }) })
      const { err, exitCode, out } = yield* Fiber.join(running)
      assert.strictEqual(exitCode, 0, err)
      assert.match(out, new RegExp(`^${id}  ${condition} is met`))
      // However often it is looked for, it is told once that it is not there.
      assert.lengthOf(err.match(/not there yet: the service answers 404/g) ?? [], 1)
    })
  )

  it.effect(
    "without --until-exists, a backup that is not there is an error, and without --for there is nothing to wait for",
    () =>
      Effect.gen(function* () {
        const { faults } = yield* Simulator
        assert.strictEqual((yield* waited(faults.not_found, "--for", "status=available")).exitCode, 5)
        const { err, exitCode } = yield* waited(faults.not_found)
        assert.strictEqual(exitCode, 2)
        assert.include(err, "Missing required flag: --for (or --until-exists")
      })
  )

  it.effect.each([
    { query: "status", next: "did you mean backup.status?" },
    { query: "status == 'available'", next: "did you mean backup.status?" },
    { query: "bakcup.status == 'available'", next: "did you mean backup?" },
    { query: "starts_with(bakcup.status, 'avail')", next: "did you mean backup?" }
  ])("query=$query, whose path names nothing in the answer, is wrong use at the first look", ({ next, query }) =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      const { err, exitCode } = yield* waited(backups.available, "--for", `query=${query}`, "--timeout", "10m")
      assert.strictEqual(exitCode, 2)
      assert.match(err, /query cannot be used.*the answer has no field (?:status|bakcup)\n/s)
      assert.include(err, next)
    })
  )

  it.effect("cbr wait waits for a query with an unknown field in a part of the answer, and says so", () =>
    Effect.gen(function* () {
      const stdin = '{"backup":{"status":"available","new_field":false}}'
      const told = (query: string, ...words: ReadonlyArray<string>) =>
        commandLine(["wait", "--from", "-", "--for", `query=${query}`, ...words], { stdin })
      const misspelt = yield* told("backup.statuz == 'available'")
      assert.strictEqual(misspelt.exitCode, 10)
      assert.include(misspelt.err, "it gives false; the answer has no field statuz; did you mean status?")
      const chinese = yield* told("backup.statuz", "--lang", "zh")
      assert.include(chinese.err, "其结果为 null；响应中没有字段 statuz；是否想用 status？")
      // A field of the page may yet come, and one of the service's own is there.
      for (const query of ["backup.children[0].status == 'available'", "backup.new_field"]) {
        assert.match((yield* told(query)).err, /: it gives (?:false|null)\n/)
      }
    })
  )
})
