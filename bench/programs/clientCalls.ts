// Calls of the library in a warm loop, so many at once: microseconds of processor time a call, as `name value`.
import { BackupClient, Credentials, defaultResiliencePolicy, Endpoint, ResiliencePolicy } from "@cbr/client"
import { layerCrypto, layerUndici } from "@cbr/client/node"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Redacted from "effect/Redacted"

const [, , endpoint = "", project_id = "", backup_id = "", signIn = "token", count = "20000"] = process.argv

const runtime = ManagedRuntime.make(
  BackupClient.layer.pipe(
    Layer.provide([
      Endpoint.layer({ endpoint }),
      // The guard of the real service, 200 requests a second, is not what is measured.
      Layer.succeed(ResiliencePolicy, {
        ...defaultResiliencePolicy,
        rateLimit: { requests: 1e9, window: Duration.seconds(1) }
      }),
      signIn === "token"
        ? Credentials.token(Redacted.make("t"))
        : Credentials.accessKey({
            ak: "BENCHACCESSKEY000001",
            sk: Redacted.make("bench-secret-of-some-32-characters")
          }),
      layerUndici({}),
      layerCrypto
    ])
  )
)

const request = { project_id, backup_id }
const one = BackupClient.use((client) => client.showBackup(request))
const calls = Effect.forEach(Array.from({ length: Number(count) }), () => one, { concurrency: 32, discard: true })

await runtime.runPromise(calls)
const before = process.cpuUsage()
await runtime.runPromise(calls)
const { system, user } = process.cpuUsage(before)
console.log("client", (system + user) / Number(count))
process.exit(0)
