// Arguments: PROJECT_ID BACKUP_ID.
import { BackupClient, defaultResiliencePolicy, ResiliencePolicy, withCallTimeout } from "@cbr/client"
import { NodeRuntime } from "@effect/platform-node"
import { Console, Duration, Effect, Layer, Logger } from "effect"
import { argumentsOf } from "../arguments.ts"
import { backupClient } from "./platform.ts"

/** Five seconds for a call, one retry, four requests at once; after three failed calls in a row none for half a minute. */
const policy = Layer.succeed(ResiliencePolicy, {
  ...withCallTimeout(defaultResiliencePolicy, Duration.seconds(5)),
  retries: 1,
  concurrency: 4,
  circuit: { failures: 3, openFor: Duration.seconds(30) }
})

const [project_id, backup_id] = argumentsOf("PROJECT_ID", "BACKUP_ID")

Effect.gen(function* () {
  const client = yield* BackupClient
  for (let call = 1; call <= 4; call++) {
    const result = yield* Effect.result(client.showBackup({ project_id, backup_id }))
    const { state } = yield* client.circuit
    yield* Console.log(result._tag === "Success" ? "available" : result.failure._tag, state)
  }
}).pipe(
  Effect.provide(Layer.provide(backupClient, policy)),
  // The client warns when a circuit opens.
  Effect.provideService(Logger.LogToStderr, true),
  NodeRuntime.runMain
)
