/**
 * Waits for a backup to be available, and says at once when it never will be.
 * Arguments: PROJECT_ID BACKUP_ID.
 */
import { ConditionImpossible, ConditionTimedOut } from "@cbr/client/promise"
import { argumentsOf } from "../arguments.ts"
import { clientOf } from "./client.ts"

const [projectId, backupId] = argumentsOf("PROJECT_ID", "BACKUP_ID")

try {
  const client = clientOf(projectId)
  const { backup } = await client
    .waitUntil(backupId, ["status=available", "children=available"], {
      timeout: 600_000,
      onObservation: ({ _tag }) => console.log(_tag)
    })
    .finally(() => client.close())
  console.log(backup.name, "is", backup.status)
} catch (error) {
  if (!(error instanceof Error)) throw error
  if (error instanceof ConditionImpossible || error instanceof ConditionTimedOut) console.log(error.message)
  else {
    console.error(error.message)
    process.exitCode = 1
  }
}
