import { adaptive, BackupClient, defaultPace, defaultPollingPolicy, PollingPolicy } from "@cbr/client"
import * as Flag from "effect/cli/Flag"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Flags from "../args/Flags.ts"
import { resolveTarget, type Target } from "../calls/CallTarget.ts"
import { ClientPool } from "../calls/ClientPool.ts"
import type { CallSettings } from "../calls/SettingResolution.ts"
import { parseRef } from "../input/BackupIdInput.ts"
import { Messages } from "../messages/Messages.ts"

/** The flags that `wait` and `watch` share, beside those of the connection. */
export const watchFlags = ({ flags }: Messages) => ({
  interval: Flags.timeFlag("interval", flags.interval(Duration.format(defaultPace.shortest))).pipe(
    Flag.withDefault(defaultPace.shortest)
  ),
  strict: Flags.switchFlag("strict", flags.strictStatus)
})

/** One watched backup, with its target and client. */
export interface WatchTarget {
  readonly id: string
  readonly target: Target
  readonly client: BackupClient["Service"]
  readonly started: number
}

/** Resolves the backups to watch; fails at the first invalid reference. */
export const resolveWatchTargets = (words: ReadonlyArray<string>, settings: CallSettings) =>
  Effect.forEach(words, (word) =>
    Effect.gen(function* () {
      const target = yield* resolveTarget(yield* parseRef(word), settings)
      return {
        id: word,
        target,
        client: yield* ClientPool.use(({ client }) => client(target.addresses, settings)),
        started: yield* Clock.currentTimeMillis
      } satisfies WatchTarget
    })
  )

/** Provides the client of a target, and polling with `--interval`. */
export const withPolling =
  ({ client }: Pick<WatchTarget, "client">, interval: Duration.Duration) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>) =>
    effect.pipe(
      Effect.provideService(BackupClient, client),
      Effect.provideService(PollingPolicy, {
        ...defaultPollingPolicy,
        schedule: adaptive({
          shortest: interval,
          longest: Duration.max(interval, defaultPace.longest),
          longestAtRest: Duration.max(interval, defaultPace.longestAtRest)
        })
      })
    )
