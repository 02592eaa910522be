/** Many backups, eight at a time, each as it arrives; ids come one a line on standard input. */
import { createInterface } from "node:readline"
import { clientOf } from "./client.ts"

const [projectId] = process.argv.slice(2)
const client = clientOf(projectId)

try {
  const ids = createInterface({ input: process.stdin })
  for await (const { backupId, error, response } of client.showMany(ids, { concurrency: 8 })) {
    console.log(backupId, response?.backup.status ?? error?._tag)
  }
} finally {
  await client.close()
}
