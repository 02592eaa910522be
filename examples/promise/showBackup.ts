// Arguments: PROJECT_ID BACKUP_ID.
import { BackupNotFound, createBackupClient } from "@cbr/client/promise"

const { CBR_ENDPOINT: endpoint = "", HUAWEICLOUD_SDK_AK: ak = "", HUAWEICLOUD_SDK_SK: sk = "" } = process.env
const [projectId, backupId = ""] = process.argv.slice(2)

try {
  const client = createBackupClient({ endpoint, ak, sk, projectId })
  const { backup } = await client
    .showBackup(backupId, { signal: AbortSignal.timeout(10_000) })
    .finally(() => client.close())
  console.log(backup.name, "is", backup.status)
} catch (error) {
  if (!(error instanceof Error)) throw error
  if (error instanceof BackupNotFound) console.log(error.message)
  else {
    // Such as a key that is refused: the message says all, and no secret.
    console.error(error.message)
    process.exitCode = 1
  }
}
