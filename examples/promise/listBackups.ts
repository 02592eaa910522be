/**
 * The newest backup of a server, and all of its backups, the newest first.
 * Arguments: PROJECT_ID SERVER_NAME.
 */
import { BackupNotFound } from "@cbr/client/promise"
import { argumentsOf } from "../arguments.ts"
import { clientOf } from "./client.ts"

const [projectId, resource_name] = argumentsOf("PROJECT_ID", "SERVER_NAME")
const client = clientOf(projectId)

try {
  const { backup: newest } = await client.latestBackup({ resource_name })
  console.log("newest:", newest.name, newest.status)
  for await (const { backup } of client.listBackups({ resource_name }))
    console.log(backup.created_at?.text, backup.status)
} catch (error) {
  if (!(error instanceof BackupNotFound)) throw error
  console.log(error.message)
} finally {
  await client.close()
}
