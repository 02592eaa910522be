import { createBackupClient } from "@cbr/client/promise"
createBackupClient({ endpoint: "https://a", ak: "a", sk: "s", projectId: "p" })
createBackupClient({ region: "https://a", token: "a", retries: 1 })
