/**
 * Waits for a backup to be available, and says at once when it never will be.
 * Arguments: PROJECT_ID BACKUP_ID.
 */
import { adaptive, defaultPollingPolicy, PollingPolicy, WaitCondition, waitUntil } from "@cbr/client"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { argumentsOf } from "../arguments.ts"
import { backupClient } from "./platform.ts"

const [project_id, backup_id] = argumentsOf("PROJECT_ID", "BACKUP_ID")
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
