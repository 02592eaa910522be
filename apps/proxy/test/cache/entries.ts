import { BackupNotFound } from "@cbr/client"
import { type Absent, type Present, representationOf } from "../../src/cache/CacheEntry.ts"
import type { Lifetime } from "../../src/cache/Lifetime.ts"

/** An entry that is stored at 0 and is at rest: fresh for 60 s, then the default limits. */
export const presentOf = (fields: Partial<Omit<Present, "_tag">> = {}): Present => ({
  _tag: "Present",
  key: "key",
  at: 0,
  lifetime: atRest,
  leaving: false,
  identity: representationOf(Buffer.alloc(10), '"tag"'),
  encoded: {},
  request_id: undefined,
  attempts: { lastAt: 0, holdUntil: 0, revalidating: false },
  ...fields
})

/** Fresh for 5 s. */
export const absentOf = (fields: Partial<Omit<Absent, "_tag">> = {}): Absent => ({
  _tag: "Absent",
  at: 0,
  lifetime: { freshUntil: 5_000, revalidateUntil: 5_000, fallbackUntil: 5_000, usableUntil: 5_000 },
  leaving: false,
  error: new BackupNotFound({ detail: { code: "other", message: "gone" } }),
  ...fields
})

const atRest: Lifetime = {
  freshUntil: 60_000,
  revalidateUntil: 90_000,
  fallbackUntil: 3_660_000,
  usableUntil: 3_660_000
}

/** Fresh for 2 s. */
export const moving: Lifetime = {
  freshUntil: 2_000,
  revalidateUntil: 2_000,
  fallbackUntil: 2_000,
  usableUntil: 3_602_000
}
