import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { Simulator } from "../src/index.ts"
import { running } from "./Caller.ts"
import { heard, officialShowBackup } from "./OfficialClient.ts"

// The SDK reads the machine's clock, so the simulator must too.
describe("the official SDK's core", () => {
  it.live("is accepted with the account's key", () =>
    Effect.gen(function* () {
      const { backups, requests } = yield* Simulator
      const response = yield* officialShowBackup({ backup_id: backups.example })
      assert.propertyVal(response, "httpStatusCode", 200)
      assert.deepNestedPropertyVal(response, "backup.name", "backup_name")
      assert.match(JSON.stringify((yield* requests)[0]?.headers), /huaweicloud-usdk-nodejs/)
    }).pipe(Effect.provide(running()))
  )

  it.live("is refused with a wrong secret", () =>
    Effect.gen(function* () {
      const { backups, requests } = yield* Simulator
      const call = officialShowBackup({ backup_id: backups.example, sk: "notTheSecretOfThatKey" })
      const { outcome: error } = yield* heard(Effect.flip(call))
      assert.propertyVal(error, "httpStatusCode", 401)
      assert.propertyVal(error, "errorCode", "APIGW.0301")
      assert.strictEqual(error.requestId, (yield* requests)[0]?.request_id)
    }).pipe(Effect.provide(running()))
  )
})
