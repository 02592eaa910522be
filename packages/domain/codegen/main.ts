// Writes the reader of a body from the schemas.
import { writeFileSync } from "node:fs"
import { BackupResp } from "../src/BackupResp.ts"
import { decoderOf } from "./decoderOf.ts"

writeFileSync(new URL("../src/BackupDecoder.generated.ts", import.meta.url), decoderOf(BackupResp.ast))
