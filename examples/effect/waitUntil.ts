/** Waits for a backup to be available, and says at once when it never will be. */
import { adaptive, defaultPollingPolicy, PollingPolicy, WaitCondition, waitUntil } from "@cbr/client"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { backupClient } from "./platform.ts"

const [project_id = "", backup_id = ""] = process.argv.slice(2)
const condition = WaitCondition.all(WaitCondition.status("available"), WaitCondition.childrenAvailable)

waitUntil({ project_id, backup_id }, condition, {
  timeout: "10 minutes",
  onObservation: (observation) => Console.log(observation._tag)
}).pipe(
  Effect.flatMap(({ backup }) => Console.log(backup.name, "is", backup.status)),
  Effect.catchTag(["ConditionImpossible", "ConditionTimedOut"], (error) => Console.log(error.message)),
  Effect.provideService(PollingPolicy, {
    ...defaultPollingPolicy,
    schedule: adaptive({ shortest: Duration.millis(500) })
  }),
  Effect.provide(backupClient),
  NodeRuntime.runMain
)
