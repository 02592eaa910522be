import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as PubSub from "effect/PubSub"
import * as Result from "effect/Result"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import * as KeysFile from "../configuration/KeysFile.ts"
import { gauge } from "../observability/Counters.ts"
import * as FileWatcher from "./FileWatcher.ts"

/**
 * The keys of callers, as their file has them at the moment. They are read
 * apart from the configuration and its secrets: whatever is wrong with those,
 * a key that is taken out of the file opens nothing.
 */
export interface KeyRing {
  /** The same array until the file says something else; `undefined` if no file is followed. */
  readonly records: () => ReadonlyArray<KeysFile.KeyRecord> | undefined
  /** Reads the file again; whether it said something else. */
  readonly read: Effect.Effect<boolean>
  /** Goes by another file from now on, or by none. */
  readonly use: (file: string | undefined) => Effect.Effect<void>
  /** Emits when the file said something else. */
  readonly changes: Stream.Stream<void>
}

/** Nothing follows a file of keys unless it is provided. */
export const KeyRing = Context.Reference<KeyRing>("@cbr/proxy/KeyRing", {
  defaultValue: () => ({
    records: () => undefined,
    read: Effect.succeed(false),
    use: () => Effect.void,
    changes: Stream.empty
  })
})

/** Interval of reading the file, for a folder that cannot be watched. */
const interval = Duration.seconds(5)

/**
 * Follows a file of keys. One that cannot be read changes nothing, and shows.
 *
 * @param keys the records of the file at the start
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
      let known = KeysFile.fingerprint(keys)
      let fault = ""
      const read = Effect.gen(function* () {
        const found = yield* Effect.result(path === undefined ? Effect.succeed([]) : KeysFile.read(path))
        yield* Metric.update(rejected, Result.isFailure(found) ? 1 : 0)
        const failure = Result.isFailure(found) ? found.failure.message : ""
        const isNewFailure = failure !== fault
        fault = failure
        if (Result.isFailure(found)) {
          if (isNewFailure) yield* Effect.logError(`${failure}; the keys that were read before are in force`)
          return false
        }
        const text = KeysFile.fingerprint(found.success)
        if (text === known) return false
        known = text
        records = found.success
        yield* PubSub.publish(changes, undefined)
        yield* Effect.logInfo("keys loaded")
        return true
      }).pipe((reading) => oneAtATime.withPermit(reading))
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

const rejected = gauge(
  "cbr_proxy_keys_rejected",
  "1 while the proxy cannot read the file of keys and the earlier keys are in force"
)
