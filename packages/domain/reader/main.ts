// Writes the reader of a body from the schemas.
import { writeFileSync } from "node:fs"
import { BackupResp } from "../src/BackupResp.ts"
import { readerOf } from "./readerOf.ts"

writeFileSync(new URL("../src/BackupReader.ts", import.meta.url), readerOf(BackupResp.ast))
