// The same by the library.
import { BackupClient, Credentials, Endpoint, listBackups } from "@cbr/client"
import { layerUndici } from "@cbr/client/node"
import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"

const [, , endpoint = "", project_id = ""] = process.argv
// The first call loads modules, so it is not measured.
const first = Stream.runDrain(Stream.take(listBackups({ project_id }), 1))

Effect.gen(function* () {
  yield* first
  const before = process.cpuUsage()
  const count = yield* Stream.runCount(listBackups({ project_id }))
  const { system, user } = process.cpuUsage(before)
  yield* Console.log(count, (system + user) / 1000)
}).pipe(
  Effect.provide(
    BackupClient.layer.pipe(
      Layer.provide([
        Endpoint.layer({ endpoint }),
        Credentials.token(Redacted.make("t")),
        layerUndici({}),
        NodeCrypto.layerMac,
        NodeCrypto.layerDigest
      ])
    )
  ),
  NodeRuntime.runMain
)
