import { createHash } from "node:crypto"
import { type Present, Representation } from "../../src/cache/CacheEntry.ts"
import { presentOf } from "../cache/entries.ts"

/** The entry of a backup, or of a body as it came. */
export const entryOf = (backup: object | string): Present => {
  const body = Buffer.from(typeof backup === "string" ? backup : JSON.stringify({ backup }))
  const etag = `"${createHash("sha256").update(body).digest("base64url")}"`
  return presentOf({ identity: new Representation(body, etag) })
}
