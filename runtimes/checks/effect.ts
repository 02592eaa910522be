import { BackupClient, Credentials, defaultResiliencePolicy, Endpoint, ResiliencePolicy, showMany } from "@cbr/client"
import type * as Digest from "effect/crypto/Digest"
import type * as Mac from "effect/crypto/Mac"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { type Check, type Cloud, equal } from "./Check.ts"

/** A transport with the cryptography beside it. */
export type Platform = Layer.Layer<HttpClient.HttpClient | Mac.Mac | Digest.Digest>

const check = (
  transport: string,
  platform: Platform,
  name: string,
  run: (cloud: Cloud) => Effect.Effect<void, unknown, BackupClient>,
  credentials: (cloud: Cloud) => Layer.Layer<Credentials> = ({ ak, sk }) =>
    Credentials.accessKey({ ak, sk: Redacted.make(sk) })
): Check => ({
  name: `${transport}: ${name}`,
  run: (cloud) =>
    Effect.runPromise(
      Effect.provide(
        run(cloud),
        BackupClient.layer.pipe(
          Layer.provide([
            Endpoint.layer({ endpoint: cloud.endpoint }),
            credentials(cloud),
            platform,
            Layer.succeed(ResiliencePolicy, {
              ...defaultResiliencePolicy,
              retries: 1,
              attemptTimeout: Duration.seconds(2),
              circuit: undefined
            })
          ])
        )
      )
    )
})

const show = ({ projectId }: Cloud, backup_id = "") =>
  BackupClient.use((client) => client.showBackup({ project_id: projectId, backup_id }))

/** The checks of `@cbr/client` with a transport. */
export const checksOf = (transport: string, platform: Platform): ReadonlyArray<Check> => [
  check(transport, platform, "fetches a backup by access key", (cloud) =>
    Effect.map(show(cloud, cloud.backups["tree"]), ({ backup }) => equal(backup.children?.length, 3))
  ),
  check(
    transport,
    platform,
    "fetches a backup by token",
    (cloud) => Effect.map(show(cloud, cloud.backups["available"]), ({ backup }) => equal(backup.status, "available")),
    ({ token }) => Credentials.token(Redacted.make(token))
  ),
  ...(["not_found", "server_error", "cut_mid_body", "reset", "hang", "redirect"] as const).map((fault) =>
    check(transport, platform, `tells ${fault} by its kind`, (cloud) =>
      Effect.map(Effect.flip(show(cloud, cloud.faults[fault])), ({ _tag }) => equal(_tag, kinds[fault]))
    )
  ),
  check(transport, platform, "closes the connection of a call that is interrupted", (cloud) =>
    Effect.map(Effect.timeoutOption(show(cloud, cloud.faults["hang"]), "100 millis"), ({ _tag }) => equal(_tag, "None"))
  ),
  check(transport, platform, "fetches many", (cloud) =>
    Effect.map(
      Stream.runCollect(
        showMany(
          Stream.fromIterable(
            Array.from({ length: 20 }, () => ({
              project_id: cloud.projectId,
              backup_id: cloud.backups["available"] ?? ""
            }))
          ),
          {}
        )
      ),
      (all) => equal(all.length, 20)
    )
  )
]

const kinds = {
  not_found: "BackupNotFound",
  server_error: "ServiceUnavailable",
  cut_mid_body: "ConnectionFailed",
  reset: "ConnectionFailed",
  hang: "TimedOut",
  redirect: "OtherStatus"
} as const
