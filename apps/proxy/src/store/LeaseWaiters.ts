import type { ShowBackupError } from "@cbr/client"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"

/** The wishes for the lease of a key that are open in this process. */
export interface Waiting {
  wishes: number
  /** Ended by the next notice of the key: with a failure, or with `undefined` to look again. */
  notice: Deferred.Deferred<ShowBackupError | undefined>
}

/** The wishes that wait for a lease of another replica, by key. */
export interface LeaseWaiters {
  readonly enter: (key: string) => Waiting
  readonly leave: (key: string, left: Waiting) => void
  /** Ends the waiting of every wish for the key. */
  readonly wake: (key: string, error?: ShowBackupError) => void
  readonly wakeAll: () => void
}

export const makeLeaseWaiters = (): LeaseWaiters => {
  const waiting = new Map<string, Waiting>()
  const wake = (key: string, error?: ShowBackupError) => {
    const woken = waiting.get(key)
    if (woken === undefined) return
    const { notice } = woken
    woken.notice = Deferred.makeUnsafe()
    Deferred.doneUnsafe(notice, Effect.succeed(error))
  }
  return {
    enter: (key) => {
      const entered = waiting.get(key) ?? { wishes: 0, notice: Deferred.makeUnsafe() }
      entered.wishes++
      waiting.set(key, entered)
      return entered
    },
    leave: (key, left) => {
      if (--left.wishes === 0) waiting.delete(key)
    },
    wake,
    wakeAll: () => {
      for (const key of Array.from(waiting.keys())) wake(key)
    }
  }
}
