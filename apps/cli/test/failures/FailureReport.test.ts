import { ServiceUnavailable } from "@cbr/client"
import { layer as simulatorLayer, Simulator } from "@cbr/simulator"
import { assert, describe, it, layer } from "@effect/vitest"
import { Effect } from "effect"
import { failureOf } from "../../src/failures/ClientFailure.ts"
import { toJson } from "../../src/failures/FailureReport.ts"
import { commandLine, withAccessKey } from "../CommandLine.ts"

describe("a failure as JSON", () => {
  it.effect(
    "a failure as JSON has the code and the facts of what the client says, and the id that a proxy gave the call",
    () =>
      Effect.gen(function* () {
        const detail = {
          code: "no-backup-within",
          seconds: 30,
          last: { code: "not-connected", host: "cbr.example", system_code: "ECONNREFUSED" }
        } as const
        const error = new ServiceUnavailable({ detail, proxy_request_id: "id-of-the-proxy" })
        const told = toJson(yield* failureOf(error, { what: "a backup" }))
        assert.deepStrictEqual(JSON.parse(JSON.stringify(told["detail"])), detail)
        assert.strictEqual(told["proxy_id"], "id-of-the-proxy")
        assert.strictEqual(told["why"], error.message)
      })
  )
})

layer(simulatorLayer(), { excludeTestServices: true })("an error of a command line", (it) => {
  const run = Effect.fnUntraced(function* (...words: ReadonlyArray<string>) {
    return yield* commandLine(words, { env: yield* withAccessKey })
  })

  it.effect("an error of a command line is JSON with stable keys if the result is JSON", () =>
    Effect.gen(function* () {
      const { faults } = yield* Simulator
      const { err, out } = yield* run("show", faults.not_found, "-o", "json")
      assert.strictEqual(out, "")
      assert.deepStrictEqual(
        Object.keys(JSON.parse(err)).join(" "),
        "kind exit message why next retryable retry_after_s http_status service_code request_id proxy_id url attempts elapsed_ms detail"
      )
    })
  )
})
