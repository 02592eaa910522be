/**
 * Many backups, eight at a time, each as it arrives; ids come one a line on standard input.
 * Arguments: PROJECT_ID.
 */
import { showMany } from "@cbr/client"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeStream from "@effect/platform-node/NodeStream"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { argumentsOf } from "../arguments.ts"
import { backupClient } from "./platform.ts"

const [project_id] = argumentsOf("PROJECT_ID")

const requests = NodeStream.fromReadable({
  evaluate: () => process.stdin,
  onError: (cause) => new Error(String(cause))
}).pipe(
  Stream.decodeText(),
  Stream.splitLines,
  Stream.map((backup_id) => ({ project_id, backup_id }))
)

showMany(requests, { concurrency: 8 }).pipe(
  Stream.runForEach(({ request, result }) =>
    Console.log(request.backup_id, Result.isSuccess(result) ? result.success.backup.status : result.failure._tag)
  ),
  Effect.provide(backupClient),
  NodeRuntime.runMain
)
