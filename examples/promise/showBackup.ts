import { BackupNotFound, createBackupClient } from "@cbr/client/promise"

const { CBR_ENDPOINT: endpoint = "", HUAWEICLOUD_SDK_AK: ak = "", HUAWEICLOUD_SDK_SK: sk = "" } = process.env
const [projectId, backupId = ""] = process.argv.slice(2)

await using client = createBackupClient({ endpoint, ak, sk, projectId })
try {
  const { backup } = await client.showBackup(backupId, { signal: AbortSignal.timeout(10_000) })
  console.log(backup.name, "is", backup.status)
} catch (error) {
  if (!(error instanceof BackupNotFound)) throw error
  console.log(error.message)
}
