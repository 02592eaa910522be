import { createBackupClient } from "@cbr/client/promise"

const { CBR_ENDPOINT: endpoint = "", HUAWEICLOUD_SDK_AK: ak = "", HUAWEICLOUD_SDK_SK: sk = "" } = process.env

/** A client with endpoint and key from the environment. */
export const clientOf = (projectId: string | undefined) => createBackupClient({ endpoint, ak, sk, projectId })
