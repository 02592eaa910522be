// The same by the library, and how many milliseconds it took.
import { BackupClient, Credentials, defaultResiliencePolicy, Endpoint, ResiliencePolicy, showMany } from "@cbr/client"
import { layerUndici } from "@cbr/client/node"
import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"

const [, , endpoint = "", project_id = "", backup_id = "", count = "0", atOnce = "1"] = process.argv
const requests = Array.from({ length: Number(count) }, () => ({ project_id, backup_id }))

showMany(requests, { concurrency: Number(atOnce) }).pipe(
  Stream.filter(({ result }) => Result.isSuccess(result) && result.success.backup.status === "available"),
  Stream.runCount,
  Effect.timed,
  Effect.flatMap(([took, available]) => Console.log(available, Duration.toMillis(took))),
  Effect.provide(
    BackupClient.layer.pipe(
      Layer.provide([
        Endpoint.layer({ endpoint }),
        // The guard of the real service, 200 requests a second, is not what is measured.
        Layer.succeed(ResiliencePolicy, { ...defaultResiliencePolicy, rateLimit: undefined }),
        Credentials.token(Redacted.make("t")),
        layerUndici({}),
        NodeCrypto.layerMac,
        NodeCrypto.layerDigest
      ])
    )
  ),
  NodeRuntime.runMain
)
