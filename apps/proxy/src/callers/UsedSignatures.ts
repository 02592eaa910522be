import { defaultWindow } from "@cbr/client/signing"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

/** Signatures that have opened what one opens once. */
export interface UsedSignatures {
  /** Notes that a signature, in hex digits, is used; tells whether that is the first time. */
  readonly use: (signature: string) => Effect.Effect<boolean>
}

/** Where that is noted for several processes together; each for itself unless somebody is provided. */
export const UsedSignatures = Context.Reference<UsedSignatures | undefined>("@cbr/proxy/UsedSignatures", {
  defaultValue: () => undefined
})

/** How long after its first use a signature may still be verified: it may be dated as far ahead as behind. */
export const goodFor = Duration.times(defaultWindow, 2)

/** Some 50 MB of them; those whose requests have to be remembered at a higher rate than this in {@link goodFor} share a Redis. */
const mostRemembered = 500_000

/** In this process's memory: for as long as they are good, and of too many the newest. */
export const makeUsedSignatures = (most: number = mostRemembered): UsedSignatures => {
  /** By when each is good no more; the oldest first. */
  const ends = new Map<string, number>()
  return {
    use: (signature) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        for (const [oldest, end] of ends) {
          if (end > now) break
          ends.delete(oldest)
        }
        const name = nameOf(signature)
        if (ends.has(name)) return false
        ends.set(name, now + Duration.toMillis(goodFor))
        for (const oldest of ends.keys()) {
          if (ends.size <= most) break
          ends.delete(oldest)
        }
        return true
      })
  }
}

/** 128 bits of it: nobody finds another that begins so. Its hex digits may be written in either case. */
export const nameOf = (signature: string): string => signature.slice(0, 32).toLowerCase()
