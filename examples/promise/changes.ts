/** A line for each change of a backup, until it is available. */
import { clientOf } from "./client.ts"

const [projectId, backupId = ""] = process.argv.slice(2)
await using client = clientOf(projectId)

for await (const { backup } of client.changes(backupId)) {
  console.log("status", backup.status)
  if (backup.status === "available") break
}
