/**
 * The newest backup of a server, and all of its backups, the newest first.
 * Arguments: PROJECT_ID SERVER_NAME.
 */
import { latestBackup, listBackups } from "@cbr/client"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { argumentsOf } from "../arguments.ts"
import { backupClient } from "./platform.ts"

const [project_id, resource_name] = argumentsOf("PROJECT_ID", "SERVER_NAME")
const server = { project_id, resource_name }

Effect.gen(function* () {
  const { newest } = yield* latestBackup(server)
  yield* Console.log("newest:", newest.backup.name, newest.backup.status)
  yield* listBackups(server).pipe(
    Stream.runForEach(({ backup }) => Console.log(backup.created_at?.text, backup.status))
  )
}).pipe(
  Effect.catchTag("BackupNotFound", (error) => Console.log(error.message)),
  Effect.provide(backupClient),
  NodeRuntime.runMain
)
