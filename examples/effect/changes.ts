/**
 * A line for each change of a backup, until nothing of it moves any more.
 * Arguments: PROJECT_ID BACKUP_ID.
 */
import { changes } from "@cbr/client"
import { diff, isAtRest } from "@cbr/domain"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { argumentsOf } from "../arguments.ts"
import { backupClient } from "./platform.ts"

const [project_id, backup_id] = argumentsOf("PROJECT_ID", "BACKUP_ID")

changes({ project_id, backup_id }).pipe(
  Stream.takeUntil(({ backup }) => isAtRest(backup)),
  Stream.zipWithPrevious,
  Stream.runForEach(([before, { backup }]) =>
    Option.isNone(before)
      ? Console.log("status", backup.status)
      : Effect.forEach(diff(before.value.backup, backup), (change) =>
          Console.log(change.path, change.before, "→", change.after)
        )
  ),
  Effect.provide(backupClient),
  NodeRuntime.runMain
)
