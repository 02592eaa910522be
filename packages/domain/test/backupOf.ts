import { Schema } from "effect"
import { BackupResp } from "../src/index.ts"

/** A backup as the service would write it. */
export const backupOf: (body: unknown) => BackupResp = Schema.decodeUnknownSync(BackupResp)
