/**
 * A backup by its id alone, with whatever credential, region and project this machine is set up for.
 * Arguments: BACKUP_ID.
 */
import { createBackupClient, failureText, NoCredentials } from "@cbr/client/promise/node"

const client = createBackupClient.fromEnvironment()
try {
  const { backup } = await client.showBackup(process.argv.at(-1) ?? "")
  console.log(`${backup.name} is ${backup.status}, in project ${backup.project_id}`)
} catch (error) {
  if (!(error instanceof Error)) throw error
  // Each place that was searched, and why it did not serve.
  const searched = error instanceof NoCredentials && error.detail.code === "no-credentials" ? error.detail.searched : []
  const lines = searched.map(({ place, reason }) => `${place}: ${failureText(reason)}`)
  console.error(lines.length === 0 ? error.message : lines.join("\n"))
  process.exitCode = 1
} finally {
  await client.close()
}
