import { assert, describe, it } from "@effect/vitest"
import { BasicCredentials } from "@huaweicloud/huaweicloud-sdk-core/auth/BasicCredentials.js"
import { ClientBuilder } from "@huaweicloud/huaweicloud-sdk-core/ClientBuilder.js"
import type { HcClient } from "@huaweicloud/huaweicloud-sdk-core/HcClient.js"
import type { SdkResponse } from "@huaweicloud/huaweicloud-sdk-core/SdkResponse.js"
import { Effect, Redacted } from "effect"
import { Simulator } from "../src/index.ts"
import { running } from "./Caller.ts"

/** The call as the SDK's generated CBR client makes it, with the core unmodified. */
const showBackup = Effect.fnUntraced(function* (sk: string) {
  const { ak, backups, cbr, project_id } = yield* Simulator
  const client = new ClientBuilder<HcClient>((client) => client)
    .withCredential(new BasicCredentials({ ak, sk, projectId: project_id }))
    .withEndpoint(cbr)
    .build()
  return yield* Effect.tryPromise({
    try: () =>
      client.sendRequest<SdkResponse>({
        method: "GET",
        url: "/v3/{project_id}/backups/{backup_id}",
        contentType: "application/json",
        queryParams: {},
        pathParams: { project_id, backup_id: backups.example },
        headers: {},
        data: {}
      }),
    catch: (error) =>
      error as { readonly httpStatusCode: number; readonly errorCode: string; readonly requestId: string }
  })
})

// The SDK reads the machine's clock, so the simulator must too.
describe("the official SDK's core", () => {
  it.live("is accepted with the account's key", () =>
    Effect.gen(function* () {
      const { requests, sk } = yield* Simulator
      const response = yield* showBackup(Redacted.value(sk))
      assert.propertyVal(response, "httpStatusCode", 200)
      assert.deepNestedPropertyVal(response, "backup.name", "backup_name")
      assert.match(JSON.stringify((yield* requests)[0]?.headers), /huaweicloud-usdk-nodejs/)
    }).pipe(Effect.provide(running()))
  )

  it.live("is refused with a wrong secret", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(showBackup("notTheSecretOfThatKey"))
      assert.propertyVal(error, "httpStatusCode", 401)
      assert.propertyVal(error, "errorCode", "APIGW.0301")
      assert.strictEqual(error.requestId, (yield* (yield* Simulator).requests)[0]?.request_id)
    }).pipe(Effect.provide(running()))
  )
})
