import { Fault, layer as simulatorLayer, Simulator } from "@cbr/simulator"
import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { DateTime, Effect, FileSystem, Layer, Redacted } from "effect"
import { needs } from "../../../debian.ts"
import { bash, Binary, cbr, inTerminal } from "./Binary.ts"
import { finished } from "./CliProcess.ts"
import { withAccessKey } from "./CommandLine.ts"

const escape = "\u001b"
const missing = "fa000000-0000-4000-8000-000000000404"

const own = (number: number) => `ac000000-0000-4000-8000-0000000000${String(number).padStart(2, "0")}`
const body = (id: string, fields: Record<string, unknown>) => JSON.stringify({ backup: { id, ...fields } })

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

const quick = ["--interval", "50ms"]

layer(Layer.mergeAll(simulatorLayer(), NodeServices.layer, Binary.layer), { excludeTestServices: true })(
  "the acceptance cases, on the built binary",
  (it) => {
    it.effect(
      "1: show -o json prints one JSON value and nothing on stderr",
      () =>
        Effect.gen(function* () {
          const { backups } = yield* Simulator
          const env = yield* withAccessKey
          const { err, exitCode, out } = yield* bash(`cbr show ${backups.example} -o json | jq -r .backup.status`, {
            env
          })
          assert.deepStrictEqual({ err, exitCode, out }, { err: "", exitCode: 0, out: "available\n" })
        }),
      needs("jq")
    )

    it.effect("2: show without an id is wrong use: 2, the usage, nothing sent", () =>
      Effect.gen(function* () {
        const simulator = yield* Simulator
        yield* simulator.clearRequests
        const { err, exitCode, out } = yield* cbr(["show"], { env: yield* withAccessKey })
        assert.strictEqual(exitCode, 2)
        assert.strictEqual(out, "")
        assert.include(err, "usage: cbr show")
        assert.deepStrictEqual(yield* simulator.requests, [])
      })
    )

    it.effect("3: no credentials: 3, and every place that was searched, in order", () =>
      Effect.gen(function* () {
        const { backups, cbr: address, project_id } = yield* Simulator
        const { err, exitCode } = yield* cbr(["show", backups.example], {
          env: { CBR_ENDPOINT: address, CBR_PROJECT_ID: project_id }
        })
        assert.strictEqual(exitCode, 3)
        const places = ["CBR_TOKEN", "HUAWEICLOUD_SDK_AK", "profile", "KooCLI", "pod identity", "ECS metadata"]
        const found = places.map((place) => err.indexOf(place))
        assert.isTrue(found.every((index) => index >= 0))
        assert.deepStrictEqual(
          found.toSorted((a, b) => a - b),
          found
        )
      })
    )

    it.effect("4: a wrong secret key: 4, and neither key nor signature anywhere", () =>
      Effect.gen(function* () {
        const { backups } = yield* Simulator
        const env = { ...(yield* withAccessKey), HUAWEICLOUD_SDK_SK: "a-secret-that-is-wrong" }
        const { err, exitCode, out } = yield* cbr(["show", backups.example, "--debug"], { env })
        assert.strictEqual(exitCode, 4)
        for (const text of [err, out]) assert.notMatch(text, /a-secret-that-is-wrong|Signature=[0-9a-f]/)
      })
    )

    it.effect("5: a name that DNS does not know: 8, DNS is named, credentials are not blamed", () =>
      Effect.gen(function* () {
        const { backups } = yield* Simulator
        const env = { ...(yield* withAccessKey), CBR_ENDPOINT: "https://cbr.nowhere.invalid" }
        const { err, exitCode } = yield* cbr(["show", backups.example, "--retries", "0"], { env })
        assert.strictEqual(exitCode, 8)
        assert.include(err, "DNS")
        assert.notMatch(err, /credential|key|token/i)
      })
    )

    it.effect("6: a clock that is off, and 401: 4, and by how much", () =>
      Effect.gen(function* () {
        const simulator = yield* Simulator
        const now = DateTime.toEpochMillis(yield* DateTime.now)
        yield* simulator.inject(
          Fault.Answer({
            status: 401,
            headers: { "content-type": "application/json", date: new Date(now - 20 * 60_000).toUTCString() },
            body: JSON.stringify({ error_code: "APIGW.0301", error_msg: "Incorrect IAM authentication information" })
          }),
          { on: { backup_id: own(6) } }
        )
        const { err, exitCode } = yield* cbr(["show", own(6)], { env: yield* withAccessKey })
        assert.strictEqual(exitCode, 4)
        assert.match(err, /clock: it is 1(?:19\d|20\d) s ahead/)
      })
    )

    it.effect("7: 503, 503, 200: 0 after three signed calls, with waits of differing length", () =>
      Effect.gen(function* () {
        const simulator = yield* Simulator
        yield* simulator.clearRequests
        yield* stepping(own(7), [{ status: "available" }])
        yield* simulator.inject(Fault.Answer({ status: 503 }), { on: { backup_id: own(7) }, times: 2 })
        const { err, exitCode } = yield* cbr(["show", own(7), "--debug", "-o", "json"], { env: yield* withAccessKey })
        assert.strictEqual(exitCode, 0)
        const signatures = (yield* simulator.requests).map(({ headers }) => {
          const { authorization } = headers
          return Redacted.isRedacted(authorization) ? Redacted.value(authorization) : authorization
        })
        assert.lengthOf(signatures, 3)
        const waits = [...err.matchAll(/again in (\d+) ms/g)].map(([, wait]) => wait)
        assert.lengthOf(new Set(waits), 2)

        // A signature tells whole seconds, so the service asks for one between them.
        yield* simulator.clearRequests
        const unavailable = Fault.Answer({ status: 503, headers: { "retry-after": "1" } })
        yield* simulator.inject(unavailable, { on: { backup_id: own(7) }, times: 2 })
        assert.strictEqual((yield* cbr(["show", own(7)], { env: yield* withAccessKey })).exitCode, 0)
        const signed = (yield* simulator.requests).map(({ headers }) => {
          const { "x-sdk-date": date } = headers
          return typeof date === "string" ? date : ""
        })
        assert.deepStrictEqual([...new Set(signed)].toSorted(), signed)
        assert.lengthOf(signed, 3)
      })
    )

    it.effect("8: 429 with Retry-After: not sooner; 10 at once where the time would not do", () =>
      Effect.gen(function* () {
        const simulator = yield* Simulator
        const env = yield* withAccessKey
        const throttled = Fault.Answer({ status: 429, headers: { "retry-after": "2" } })
        yield* stepping(own(8), [{ status: "available" }])
        yield* simulator.inject(throttled, { on: { backup_id: own(8) } })
        yield* simulator.clearRequests
        assert.strictEqual((yield* cbr(["show", own(8)], { env })).exitCode, 0)
        const [first, second] = (yield* simulator.requests).map(({ at }) => DateTime.toEpochMillis(at))
        assert.isAtLeast((second ?? 0) - (first ?? 0), 2000)

        yield* simulator.inject(throttled, { on: { backup_id: own(8) } })
        yield* simulator.clearRequests
        assert.strictEqual((yield* cbr(["show", own(8), "--timeout", "1s"], { env })).exitCode, 10)
        assert.lengthOf(yield* simulator.requests, 1)
      })
    )

    it.effect("9: protecting, protecting, error ends the wait at the third look with 9", () =>
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

    it.effect("10: deleted: gone is met, at once with a note or 5; back again is 9", () =>
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

    it.effect("11: --any: the first to meet it ends the wait, and is named", () =>
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

    it.effect("12: a replication that failed: 9, with its code and reason", () =>
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

    it.effect("13: an unknown status is shown and waited out with one note; with --strict 11", () =>
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

    const saved = Effect.fnUntraced(function* (backup: Record<string, unknown>) {
      const files = yield* FileSystem.FileSystem
      const path = yield* files.makeTempFileScoped({ suffix: ".json" })
      yield* files.writeFileString(path, JSON.stringify({ backup }))
      return path
    })

    it.effect("14: check reads a saved answer with no network and no credentials", () =>
      Effect.gen(function* () {
        const path = yield* saved({
          created_at: "2020-01-01T00:00:00",
          replication_records: [{ destination_region: "cn-south-1", status: "success" }]
        })
        const rules = ["--replicated", "cn-south-1", "--from", path]
        assert.strictEqual((yield* cbr(["check", "--max-age", "24h", ...rules])).exitCode, 2)
        const fresh = yield* cbr(["check", ...rules])
        assert.strictEqual(fresh.exitCode, 0)
        assert.match(fresh.out, /^CBR OK - 1 rule kept \| age=\d+s\n/)
      })
    )

    it.effect("15: a missing field is UNKNOWN (3), and named", () =>
      Effect.gen(function* () {
        const { exitCode, out } = yield* cbr(["check", "--encrypted", "--from", yield* saved({ id: own(15) })])
        assert.strictEqual(exitCode, 3)
        assert.match(out, /^CBR UNKNOWN - encrypted missing/)
      })
    )

    it.effect("16: ids from standard input: a line each in their order, 12 when one failed", () =>
      Effect.gen(function* () {
        const { backups } = yield* Simulator
        const { exitCode, out } = yield* cbr(["show", "-", "-o", "ndjson"], {
          env: yield* withAccessKey,
          stdin: `${missing}\n{"backup_id":"${backups.example}"}\n`
        })
        assert.strictEqual(exitCode, 12)
        const [first, second, ...more] = out.trimEnd().split("\n")
        assert.deepStrictEqual(more, [])
        const { error, id } = JSON.parse(first ?? "")
        assert.deepStrictEqual([id, error.exit, error.http_status], [missing, 5, 404])
        assert.strictEqual(JSON.parse(second ?? "").backup.id, backups.example)
      })
    )

    it.effect("17: a reader that leaves early is no failure", () =>
      Effect.gen(function* () {
        const { backups } = yield* Simulator
        const { err, exitCode, out } = yield* bash(`cbr show ${backups.tree} -o json | head -c1`, {
          env: yield* withAccessKey
        })
        assert.deepStrictEqual({ err, exitCode, out }, { err: "", exitCode: 0, out: "{" })
      })
    )

    it.effect("18: an escape sequence in a name is inert on a terminal, and exact in JSON", () =>
      Effect.gen(function* () {
        const { backups } = yield* Simulator
        const env = { ...(yield* withAccessKey), TERM: "xterm", NO_COLOR: "1" }
        const shown = yield* inTerminal(["show", backups.hostile_text], { env })
        assert.strictEqual(shown.exitCode, 0)
        assert.include(shown.out, String.raw`\u001b[31mred`)
        assert.notInclude(shown.out, escape)
        const json = yield* cbr(["show", backups.hostile_text, "-o", "json"], { env })
        assert.include(JSON.parse(json.out).backup.name, `${escape}[31mred`)
      })
    )

    it.effect("19: colour on a terminal, none for NO_COLOR, TERM=dumb or a pipe, and in a pipe when forced", () =>
      Effect.gen(function* () {
        const { backups } = yield* Simulator
        const env = { ...(yield* withAccessKey), TERM: "xterm" }
        const words = ["show", backups.available]
        assert.include((yield* inTerminal(words, { env })).out, `${escape}[32mavailable`)
        for (const plain of [{ NO_COLOR: "1" }, { TERM: "dumb" }]) {
          assert.notInclude((yield* inTerminal(words, { env: { ...env, ...plain } })).out, escape)
        }
        assert.notInclude((yield* cbr([...words, "-o", "table"], { env })).out, escape)
        assert.include((yield* cbr(words, { env: { ...env, CLICOLOR_FORCE: "1" } })).out, escape)
      })
    )

    it.effect("20: --version says the version alone, whatever else is missing", () =>
      Effect.gen(function* () {
        const { err, exitCode, out } = yield* cbr(["--version"], { env: { HOME: "/nowhere" } })
        assert.deepStrictEqual({ err, exitCode }, { err: "", exitCode: 0 })
        assert.match(out, /^\d+\.\d+\.\d+\n$/)
      })
    )

    it.effect("a live view hides the cursor while it draws, and an interrupt gives it back: 130", () =>
      Effect.gen(function* () {
        const { backups } = yield* Simulator
        const env = { ...(yield* withAccessKey), TERM: "xterm" }
        const { path } = yield* Binary
        const watching = `timeout --foreground --preserve-status -s INT 3 '${process.execPath}' '${path}' watch ${backups.protecting}`
        const { exitCode, out } = yield* bash(`script -qefc "${watching}" /dev/null`, { env })
        assert.strictEqual(exitCode, 130)
        assert.include(out, "protecting")
        assert.isAbove(out.lastIndexOf(`${escape}[?25h`), out.lastIndexOf(`${escape}[?25l`))
      })
    )

    it.effect("watch in a pipe is a line of JSON a change", () =>
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

    it.effect("a thousand ids take less than 150 MB, and come out in order", () =>
      Effect.gen(function* () {
        const { backups } = yield* Simulator
        const ids = Array.from({ length: 1000 }, (_, index) => (index % 100 === 7 ? missing : backups.example))
        const { path } = yield* Binary
        const { err, exitCode, out } = yield* finishedWithMemory(path, ids.join("\n"), yield* withAccessKey)
        assert.strictEqual(exitCode, 12)
        const got = out
          .trimEnd()
          .split("\n")
          .map((line) => JSON.parse(line) as { readonly id?: string; readonly backup?: { readonly id: string } })
        assert.deepStrictEqual(
          got.map(({ backup, id }) => backup?.id ?? id),
          ids
        )
        assert.isBelow(Number(/peak (\d+)/.exec(err)?.[1]), 150 * 1024)
      })
    )
  }
)

// Not `maxRSS`, which a process inherits from the one that started it.
const tellPeak =
  'import fs from "node:fs"; process.on("exit", () => console.error("peak", /VmHWM:\\s+(\\d+)/.exec(fs.readFileSync("/proc/self/status", "utf8"))[1]))'

/** The binary over a batch, telling its peak of resident memory in kB on stderr. */
const finishedWithMemory = (path: string, stdin: string, env: Record<string, string>) =>
  finished(
    process.execPath,
    ["--import", `data:text/javascript,${encodeURIComponent(tellPeak)}`, path, "show", "-", "-o", "ndjson"],
    { env, stdin }
  )
