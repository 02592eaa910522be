import { Simulator } from "@cbr/simulator"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { keys, layer as configuredProxy } from "../ConfiguredProxy.ts"
import { get, LogLines, pathOf } from "../TestProxy.ts"

interface Line {
  readonly message: unknown
  readonly level: string
  readonly annotations: Readonly<Record<string, unknown>>
}

/** What the proxy logs while an effect runs. */
const logged = Effect.fnUntraced(function* <A, E, R>(effect: Effect.Effect<A, E, R>) {
  const lines = yield* LogLines
  lines.length = 0
  const answer = yield* effect
  return { answer, lines: lines.map((line) => JSON.parse(line) as Line) }
})

const asOwner = { "x-auth-token": keys.owner }
const asReader = { "x-auth-token": keys.reader }

layer(configuredProxy, { excludeTestServices: true })("the access log", (it) => {
  it.effect("has one line for a request, which says whose it was and what became of it", () =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      const { answer, lines } = yield* logged(get(yield* pathOf(backups.available), asOwner))
      assert.lengthOf(lines, 1)
      const [{ annotations, level, message }] = lines as [Line]
      assert.deepStrictEqual([message, level], ["answered", "INFO"])
      assert.deepInclude(annotations, {
        caller: "owner",
        method: "GET",
        route: "/v3/:project_id/backups/:backup_id",
        status: 200,
        bytes: Buffer.byteLength(answer.text),
        proxy_request_id: answer.headers["x-cbr-proxy-request-id"],
        request_id: answer.headers["x-request-id"]
      })
      assert.hasAllKeys(annotations["ms"], ["total", "authenticate", "upstream"])
    })
  )

  it.effect("says why a request failed, in words that the caller did not get", () =>
    Effect.gen(function* () {
      const { faults } = yield* Simulator
      const { answer, lines } = yield* logged(get(yield* pathOf(faults.server_error), asOwner))
      assert.lengthOf(lines, 1)
      const [{ annotations, level }] = lines as [Line]
      assert.strictEqual(level, "WARN")
      assert.deepInclude(annotations, {
        status: answer.status,
        problem: "service-unavailable",
        error_code: "BackupService.9910"
      })
    })
  )

  const denials: ReadonlyArray<readonly [string, Readonly<Record<string, string>>, status: number, string]> = [
    ["a project that is not the caller's", asReader, 403, "Project"],
    ["a key that has ended", { "x-auth-token": keys.expired }, 403, "Expired"],
    ["a key that no caller has", { "x-auth-token": "cbrk_unknown" }, 401, "Credential"],
    ["no key", {}, 401, "Credential"]
  ]

  it.effect.each(denials)("has a line more for %s, and the answer does not say why", ([, headers, status, reason]) =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      const { answer, lines } = yield* logged(get(yield* pathOf(backups.available), headers))
      assert.strictEqual(answer.status, status)
      assert.notInclude(answer.text, reason)
      const audits = lines.filter(({ annotations }) => annotations["audit"] === "denied")
      assert.lengthOf(audits, 1)
      const proxy_request_id = answer.headers["x-cbr-proxy-request-id"]
      assert.isDefined(proxy_request_id)
      assert.deepInclude(audits[0]?.annotations, { reason, address: "127.0.0.1", proxy_request_id })
      assert.lengthOf(lines, 2)
    })
  )

  it.effect("a denial is the same whether the backup exists, and whether the project does", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      yield* simulator.clearRequests
      const texts = new Set<string>()
      for (const path of [
        yield* pathOf(simulator.backups.available),
        yield* pathOf(simulator.faults.not_found),
        `/v3/ffffffffffffffffffffffffffffffff/backups/${simulator.backups.available}`
      ]) {
        const { text } = yield* get(path, asReader)
        texts.add(text.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "ID"))
      }
      assert.strictEqual(texts.size, 1)
      assert.isEmpty(yield* simulator.requests)
    })
  )
})
