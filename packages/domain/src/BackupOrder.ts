import type { BackupResp } from "./BackupResp.ts"

/**
 * The time a backup was made, in microseconds since 1970: `created_at`, else `protected_at`; `undefined` without either.
 * @category Verdicts
 * @since 0.2.0
 */
export const madeAt = ({ created_at, protected_at }: BackupResp): number | undefined =>
  (created_at ?? protected_at)?.epochMicroseconds

/**
 * Orders backups: negative where the first is the newer. Of two of one moment the one with the greater id is taken for
 * the newer, so that every run says the same.
 * @category Verdicts
 * @since 0.2.0
 */
export const newestFirst = (one: BackupResp, other: BackupResp): number => {
  const [a, b] = [madeAt(one) ?? Number.NEGATIVE_INFINITY, madeAt(other) ?? Number.NEGATIVE_INFINITY]
  if (a !== b) return a > b ? -1 : 1
  const [idOfOne, idOfOther] = [one.id ?? "", other.id ?? ""]
  return idOfOne > idOfOther ? -1 : idOfOne < idOfOther ? 1 : 0
}
