// Arguments: PROJECT_ID BACKUP_ID.
import { type Attempt, BackupClient, ClientMetrics, OnAttempt } from "@cbr/client"
import { layerUndici } from "@cbr/client/node"
import { NodeCrypto, NodeRuntime } from "@effect/platform-node"
import { Console, Duration, Effect, Layer, Metric, Redacted } from "effect"
import { argumentsOf } from "../arguments.ts"

/** Requests leave by the proxy that the environment names, if it names one, and trust the company's authority as well. */
const { CBR_CA_FILE: caFile, HTTPS_PROXY, NO_PROXY: noProxy } = process.env
const transport = layerUndici({
  httpsProxy: HTTPS_PROXY === undefined ? undefined : Redacted.make(HTTPS_PROXY),
  noProxy,
  caFile
})

const onAttempt = ({ error, method, number, status_code, wait }: Attempt) =>
  Console.error(
    `#${number} ${method}: ${status_code ?? "no answer"} ${error ?? "ok"}${wait === undefined ? "" : `, again in ${Duration.toSeconds(wait)} s`}`
  )

const [project_id, backup_id] = argumentsOf("PROJECT_ID", "BACKUP_ID")

BackupClient.use((client) => client.showBackup({ project_id, backup_id })).pipe(
  Effect.ignore,
  Effect.andThen(Metric.value(ClientMetrics.retries)),
  Effect.flatMap(({ count }) => Console.log(`retries: ${count}`)),
  Effect.provide(
    BackupClient.layerConfig.pipe(
      Layer.provide([transport, NodeCrypto.layerMac, NodeCrypto.layerDigest]),
      Layer.provide(Layer.succeed(OnAttempt, onAttempt))
    )
  ),
  NodeRuntime.runMain
)
