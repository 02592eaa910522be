import { BasicCredentials } from "@huaweicloud/huaweicloud-sdk-core/auth/BasicCredentials.js"
import { ClientBuilder } from "@huaweicloud/huaweicloud-sdk-core/ClientBuilder.js"
import type { HcClient } from "@huaweicloud/huaweicloud-sdk-core/HcClient.js"
import type { SdkResponse } from "@huaweicloud/huaweicloud-sdk-core/SdkResponse.js"
import { Effect, Redacted } from "effect"
import { Simulator } from "../src/index.ts"

/** The error that the SDK throws for an answer without success. */
export interface OfficialError {
  readonly httpStatusCode?: number
  readonly errorCode?: string
  readonly errorMsg?: string
  readonly requestId?: string
}

/** The call as the SDK's generated CBR client makes it, with the core unmodified but for its endpoint. */
export const officialShowBackup = Effect.fnUntraced(function* (options: {
  readonly backup_id: string
  readonly sk?: string
}) {
  const { ak, cbr, project_id, sk } = yield* Simulator
  const client = new ClientBuilder<HcClient>((client) => client)
    .withCredential(new BasicCredentials({ ak, sk: options.sk ?? Redacted.value(sk), projectId: project_id }))
    .withEndpoint(cbr)
    .build()
  return yield* Effect.tryPromise({
    try: () =>
      client.sendRequest<SdkResponse>({
        method: "GET",
        url: "/v3/{project_id}/backups/{backup_id}",
        contentType: "application/json",
        queryParams: {},
        pathParams: { project_id, backup_id: options.backup_id },
        headers: {},
        data: {}
      }),
    catch: (error) => error as OfficialError
  })
})

/** An effect's outcome, and all that was written to stdout in its time: the SDK logs there by default. */
export const heard = <A, E, R>(self: Effect.Effect<A, E, R>) =>
  Effect.acquireUseRelease(
    Effect.sync(() => {
      const written: Array<string> = []
      const write = process.stdout.write.bind(process.stdout)
      process.stdout.write = (chunk: Uint8Array | string) => written.push(String(chunk)) > 0
      return { written, write }
    }),
    ({ written }) => Effect.map(self, (outcome) => ({ outcome, written: written.join("") })),
    ({ write }) => Effect.sync(() => void (process.stdout.write = write))
  )
