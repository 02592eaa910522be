/**
 * Many backups, eight at a time, each as it arrives; ids come one a line on standard input.
 * Arguments: PROJECT_ID.
 */
import { createInterface } from "node:readline"
import { argumentsOf } from "../arguments.ts"
import { clientOf } from "./client.ts"

const [projectId] = argumentsOf("PROJECT_ID")
const client = clientOf(projectId)

try {
  const ids = createInterface({ input: process.stdin })
  for await (const { backupId, error, response } of client.showMany(ids, { concurrency: 8 })) {
    console.log(backupId, response?.backup.status ?? error?._tag)
  }
} finally {
  await client.close()
}
