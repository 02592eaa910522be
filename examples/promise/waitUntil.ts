/** Waits for a backup to be available, and says at once when it never will be. */
import { ConditionImpossible, ConditionTimedOut } from "@cbr/client/promise"
import { clientOf } from "./client.ts"

const [projectId, backupId = ""] = process.argv.slice(2)
await using client = clientOf(projectId)

try {
  const { backup } = await client.waitUntil(backupId, ["status=available", "children=available"], {
    deadline: 600_000,
    onObservation: ({ _tag }) => console.log(_tag)
  })
  console.log(backup.name, "is", backup.status)
} catch (error) {
  if (!(error instanceof ConditionImpossible || error instanceof ConditionTimedOut)) throw error
  console.log(error.message)
}
