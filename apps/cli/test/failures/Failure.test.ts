import { ServiceUnavailable } from "@cbr/client"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { failureOf } from "../../src/failures/ClientFailure.ts"
import { toJson } from "../../src/failures/FailureReport.ts"

describe("a failure as JSON", () => {
  it.effect("has the code and the facts of what the client says, and the id that a proxy gave the call", () =>
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
