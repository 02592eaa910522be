import { createBackupClient } from "@cbr/client/promise"
import type { Cloud } from "./Check.ts"

declare const cloud: Cloud

// At module scope: made before any request, and shared by all of them.
const client = createBackupClient({ endpoint: cloud.endpoint, projectId: cloud.projectId, token: cloud.token })

/** A worker that answers with the status of a backup, by a client that its requests share. */
export default {
  fetch: async (): Promise<Response> => {
    try {
      const { backup } = await client.showBackup(cloud.backups["available"] ?? "")
      return new Response(backup.status)
    } catch (error) {
      return new Response(String(error), { status: 500 })
    }
  }
}
