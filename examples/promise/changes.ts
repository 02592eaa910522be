/**
 * A line for each change of a backup, until it is available.
 * Arguments: PROJECT_ID BACKUP_ID.
 */
import { argumentsOf } from "../arguments.ts"
import { clientOf } from "./client.ts"

const [projectId, backupId] = argumentsOf("PROJECT_ID", "BACKUP_ID")

try {
  const client = clientOf(projectId)
  try {
    for await (const { backup } of client.changes(backupId)) {
      console.log("status", backup.status)
      if (backup.status === "available") break
    }
  } finally {
    await client.close()
  }
} catch (error) {
  if (!(error instanceof Error)) throw error
  console.error(error.message)
  process.exitCode = 1
}
