import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as PubSub from "effect/PubSub"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import * as KeysFile from "../configuration/KeysFile.ts"
import * as FileWatcher from "./FileWatcher.ts"

/**
 * The keys of callers, as their file has them at the moment. They are read
 * apart from the configuration and its secrets: whatever is wrong with those,
 * a key that is taken out of the file opens nothing.
 */
export interface KeyRing {
  /** The same array until the file says something else. */
  readonly records: () => ReadonlyArray<KeysFile.KeyRecord>
  /** Reads the file again; whether it said something else. */
  readonly read: Effect.Effect<boolean>
  /** Goes by another file from now on, or by none. */
  readonly use: (file: string | undefined) => Effect.Effect<void>
  /** Emits when the file said something else. */
  readonly changes: Stream.Stream<void>
}

/** Nothing follows a file of keys unless it is provided. */
export const KeyRing = Context.Reference<KeyRing | undefined>("@cbr/proxy/KeyRing", { defaultValue: () => undefined })

/** Where a folder cannot be watched, the file is read so often all the same. */
const interval = Duration.seconds(5)

/**
 * Follows a file of keys. One that cannot be read changes nothing, and shows.
 *
 * @param keys what it was found to hold
 */
export const layer = (file: string | undefined, keys: ReadonlyArray<KeysFile.KeyRecord>) =>
  Layer.effect(
    KeyRing,
    Effect.gen(function* () {
      const { change, watch } = yield* FileWatcher.make
      const oneAtATime = yield* Semaphore.make(1)
      const changes = yield* PubSub.sliding<void>(1)
      let path = file
      let records = keys
      let known = textOf(keys)
      let fault = ""
      yield* Metric.update(rejected, 0)

      const read = Effect.suspend(() => (path === undefined ? Effect.succeed([]) : KeysFile.read(path))).pipe(
        Effect.matchEffect({
          onFailure: ({ message }) =>
            Effect.gen(function* () {
              if (message !== fault) {
                yield* Effect.logError(`${message}; the keys that were read before are in force`)
              }
              fault = message
              yield* Metric.update(rejected, 1)
              return false
            }),
          onSuccess: (next) =>
            Effect.gen(function* () {
              fault = ""
              yield* Metric.update(rejected, 0)
              const text = textOf(next)
              if (text === known) return false
              known = text
              records = next
              yield* PubSub.publish(changes, undefined)
              yield* Effect.logInfo("keys loaded")
              return true
            })
        }),
        (reading) => oneAtATime.withPermit(reading)
      )
      const context = yield* Effect.context<Effect.Services<typeof read>>()

      if (path !== undefined) yield* watch([path])
      yield* read
      yield* Effect.forkScoped(
        Effect.forever(Effect.andThen(Effect.raceFirst(change, Effect.sleep(interval)), Effect.ignoreCause(read)))
      )
      return {
        records: () => records,
        read: Effect.provideContext(read, context),
        use: (next) =>
          Effect.suspend(() => {
            if (next === path) return Effect.void
            path = next
            return Effect.andThen(next === undefined ? Effect.void : watch([next]), read)
          }).pipe(Effect.asVoid, Effect.provideContext(context)),
        changes: Stream.fromPubSub(changes)
      }
    })
  )

const textOf = (keys: ReadonlyArray<KeysFile.KeyRecord>): string => KeysFile.fingerprint(keys)

const rejected = Metric.gauge("cbr_proxy_keys_rejected", {
  description: "1 while the proxy cannot read the file of keys and the earlier keys are in force"
})
