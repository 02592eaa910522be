import { defaultWindow } from "@cbr/client/signing"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { Refusal } from "../problems/Refusal.ts"

/** A signature that was verified. */
export interface Verified {
  /** The id of the key that it was made with. */
  readonly ak: string
  /** In hex digits. */
  readonly signature: string
}

/** Signatures that have opened what one opens once. */
export interface UsedSignatures {
  /**
   * Notes that a signature is used; tells whether that is the first time.
   *
   * @param permit what it takes to have others remember a new one too
   */
  readonly use: (verified: Verified, permit?: Effect.Effect<void, Refusal>) => Effect.Effect<boolean, Refusal>
}

/** The same of one process, which makes room by itself and asks for no permit. */
export interface OwnSignatures extends UsedSignatures {
  readonly use: (verified: Verified) => Effect.Effect<boolean>
}

/** Where that is noted for several processes together; each for itself unless somebody is provided. */
export const UsedSignatures = Context.Reference<UsedSignatures | undefined>("@cbr/proxy/UsedSignatures", {
  defaultValue: () => undefined
})

/** How long after its first use a signature may still be verified: it may be dated as far ahead as behind. */
export const goodFor = Duration.times(defaultWindow, 2)

/** Some 50 MB of them; those whose requests have to be remembered at a higher rate than this in {@link goodFor} share a Redis. */
const mostRemembered = 500_000

/**
 * In this process's memory, for as long as they are good. Of too many the
 * oldest of the key with the most are forgotten: whoever signs that many makes
 * room for his own, and opens nobody else's to be used again.
 */
export const makeUsedSignatures = (most: number = mostRemembered): OwnSignatures => {
  /** By the id of a key: by when each of its signatures is good no more, the oldest first. */
  const ends = new Map<string, Map<string, number>>()
  let count = 0
  const forget = (ak: string, of: Map<string, number>, name: string) => {
    if (of.delete(name)) count--
    if (of.size === 0) ends.delete(ak)
  }
  const forgetOne = () => {
    const [ak, of] = Array.from(ends).reduce((one, other) => (other[1].size > one[1].size ? other : one))
    for (const oldest of of.keys()) return forget(ak, of, oldest)
  }
  return {
    use: ({ ak, signature }) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        for (const [oldest, end] of ends.get(ak) ?? none) {
          if (end > now) break
          forget(ak, ends.get(ak)!, oldest)
        }
        const name = nameOf(signature)
        const own = ends.get(ak) ?? new Map<string, number>()
        if (own.has(name)) return false
        ends.set(ak, own.set(name, now + Duration.toMillis(goodFor)))
        count++
        if (count > most) forgetOne()
        return true
      })
  }
}

const none: ReadonlyMap<string, number> = new Map()

/** 128 bits of it: nobody finds another that begins so. Its hex digits may be written in either case. */
export const nameOf = (signature: string): string => signature.slice(0, 32).toLowerCase()
