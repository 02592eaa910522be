import { Fault, layer as simulatorLayer, Simulator } from "@cbr/simulator"
import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { DateTime, Effect, Layer, Redacted } from "effect"
import { needs } from "../../../../debian.ts"
import { bash, Binary, cbr } from "../Binary.ts"
import { finished } from "../CliProcess.ts"
import { withAccessKey } from "../CommandLine.ts"
import { behindPrivateAuthority, privateAuthority, proxyPort } from "../PrivateNetwork.ts"

const missing = "fa000000-0000-4000-8000-000000000404"
const example = "6df2b54c-dd62-4059-a07c-1b8f24f2725d"
const own = (number: number) => `ac000000-0000-4000-8000-0000000000${String(number).padStart(2, "0")}`
const body = (id: string, fields: Record<string, unknown>) => JSON.stringify({ backup: { id, ...fields } })

layer(Layer.mergeAll(simulatorLayer(), NodeServices.layer, Binary.layer), {
  excludeTestServices: true,
  timeout: "2 minutes"
})("a call, on the built binary", (it) => {
  it.effect(
    "show -o json prints one JSON value, and nothing on stderr",
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

  it.effect("show without an id exits 2 with its usage, and sends nothing", () =>
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

  it.effect("show without credentials exits 3, and names every place that it searched, in order", () =>
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

  it.effect("show with a wrong secret key exits 4, and prints neither key nor signature", () =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      const env = { ...(yield* withAccessKey), HUAWEICLOUD_SDK_SK: "a-secret-that-is-wrong" }
      const { err, exitCode, out } = yield* cbr(["show", backups.example, "--debug"], { env })
      assert.strictEqual(exitCode, 4)
      for (const text of [err, out]) assert.notMatch(text, /a-secret-that-is-wrong|Signature=[0-9a-f]/)
    })
  )

  it.effect("show exits 8 for a name that DNS does not know, and does not blame the credentials", () =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      const env = { ...(yield* withAccessKey), CBR_ENDPOINT: "https://cbr.nowhere.invalid" }
      const { err, exitCode } = yield* cbr(["show", backups.example, "--retries", "0"], { env })
      assert.strictEqual(exitCode, 8)
      assert.include(err, "DNS")
      assert.notMatch(err, /credential|key|token/i)
    })
  )

  it.effect("show exits 4 for a 401 with a clock that is off, and says by how much", () =>
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

  it.effect("show retries a 503 twice, signs each attempt anew, and waits a different time before each", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      yield* simulator.clearRequests
      yield* simulator.put({ backup_id: own(7), body: body(own(7), { status: "available" }) })
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

  it.effect("show waits as long as the Retry-After of a 429, and exits 10 at once if its time limit is shorter", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      const env = yield* withAccessKey
      const throttled = Fault.Answer({ status: 429, headers: { "retry-after": "2" } })
      yield* simulator.put({ backup_id: own(8), body: body(own(8), { status: "available" }) })
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

  it.effect("show prints a line for each id of standard input in their order, and exits 12 if one failed", () =>
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

  it.effect("show takes less than 150 MB for a thousand ids, and prints them in order", () =>
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

  it.effect(
    "show trusts the private authority of CBR_CA_FILE, names that variable when it refuses one, and names a dead proxy",
    () =>
      Effect.gen(function* () {
        const origin = yield* behindPrivateAuthority
        const own = { ...(yield* withAccessKey), CBR_ENDPOINT: origin }
        const shown = yield* cbr(["show", example], { env: { ...own, CBR_CA_FILE: privateAuthority("ca.cert.pem") } })
        assert.strictEqual(shown.exitCode, 0, shown.err)
        assert.include(shown.out, '"backup"')
        const refused = yield* cbr(["show", example], { env: own })
        assert.strictEqual(refused.exitCode, 8)
        assert.match(refused.err, /next: +.*set CBR_CA_FILE/)
        const lost = yield* cbr(["show", example, "--retries", "0"], {
          env: { ...own, CBR_CA_FILE: privateAuthority("ca.cert.pem"), HTTPS_PROXY: "http://user:canary@127.0.0.1:1" }
        })
        assert.strictEqual(lost.exitCode, 8)
        assert.match(lost.err, /why: +no connection to the proxy at 127\.0\.0\.1:1 \(ECONNREFUSED\)/)
        assert.notInclude(lost.err, "canary")
      })
  )

  it.effect("doctor tests each step of a call: proxy, tunnel, private authority", () =>
    Effect.gen(function* () {
      const port = yield* proxyPort
      const own = {
        ...(yield* withAccessKey),
        CBR_ENDPOINT: yield* behindPrivateAuthority,
        CBR_CA_FILE: privateAuthority("ca.cert.pem")
      }
      const looked = Effect.fnUntraced(function* (env: Record<string, string>) {
        const told = yield* cbr(["doctor"], { env: { ...own, ...env } })
        assert.notInclude(told.out + told.err, "canary")
        return told
      })
      const by = (words: string, at = port) => `http://${words}@127.0.0.1:${at}`
      const well = yield* looked({ HTTPS_PROXY: by("user:canary") })
      assert.strictEqual(well.exitCode, 0, well.out)
      assert.match(well.out, new RegExp(`Proxy +calls use the proxy 127\\.0\\.0\\.1:${port} [^]*✓ +Tunnel[^]*✓ +TLS`))
      assert.match(
        well.out,
        new RegExp(`✓ +Call +the credential is accepted; the call went through 127\\.0\\.0\\.1:${port}`)
      )
      const refused = yield* looked({ HTTPS_PROXY: by("user:other-canary") })
      assert.deepStrictEqual([refused.exitCode, refused.out.match(/✗ +Tunnel +407 → .*USER:PASSWORD/)?.length], [8, 1])
      const dead = yield* looked({ HTTPS_PROXY: by("user:canary", 1) })
      assert.match(dead.out, /✗ +TCP +ECONNREFUSED → check HTTPS_PROXY/)
      const passed = yield* looked({ HTTPS_PROXY: by("user:canary", 1), NO_PROXY: "127.0.0.1" })
      assert.strictEqual(passed.exitCode, 0, passed.out)
      assert.match(passed.out, /Proxy +HTTPS_PROXY is set but not used for this address/)
    })
  )

  it.effect("show names the variable of an invalid proxy or file of authorities, and sends nothing", () =>
    Effect.gen(function* () {
      const env = { CBR_TOKEN: "t", CBR_PROJECT_ID: "p", CBR_ENDPOINT: "https://127.0.0.1:1" }
      for (const [name, value, why] of [
        ["HTTPS_PROXY", "http://user:canary%@127.0.0.1:1", /write %25 for it/],
        ["CBR_CA_FILE", "/none.pem", /there is no such file/]
      ] as const) {
        const { err, exitCode } = yield* cbr(["show", example], { env: { ...env, [name]: value } })
        assert.strictEqual(exitCode, 2)
        assert.match(err, new RegExp(`what: +${name}\n`))
        assert.match(err, why)
        assert.notInclude(err, "canary")
      }
    })
  )
})

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
