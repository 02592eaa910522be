import { BackupNotFound } from "@cbr/client"
import { type Absent, type Present, Representation } from "../../src/cache/CacheEntry.ts"
import type { Freshness } from "../../src/cache/Freshness.ts"

/** An entry that is stored at 0 and is at rest: fresh for 60 s, then the default limits. */
export const presentOf = (fields: Partial<Omit<Present, "_tag">> = {}): Present => ({
  _tag: "Present",
  key: "key",
  at: 0,
  freshness: atRest,
  leaving: false,
  identity: new Representation(Buffer.alloc(10), '"tag"'),
  encoded: {},
  request_id: undefined,
  revalidation: { lastAt: 0, backoffUntil: 0, revalidating: false },
  ...fields
})

/** Fresh for 5 s. */
export const absentOf = (fields: Partial<Omit<Absent, "_tag">> = {}): Absent => ({
  _tag: "Absent",
  at: 0,
  freshness: { freshUntil: 5_000, revalidateUntil: 5_000, fallbackUntil: 5_000, usableUntil: 5_000 },
  leaving: false,
  error: new BackupNotFound({ detail: { code: "other", message: "gone" } }),
  ...fields
})

const atRest: Freshness = {
  freshUntil: 60_000,
  revalidateUntil: 90_000,
  fallbackUntil: 3_660_000,
  usableUntil: 3_660_000
}

/** Fresh for 2 s. */
export const moving: Freshness = {
  freshUntil: 2_000,
  revalidateUntil: 2_000,
  fallbackUntil: 2_000,
  usableUntil: 3_602_000
}
