import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { Revocations } from "./callers/Revocations.ts"
import { ConfigurationInvalid } from "./configuration/ConfigurationFault.ts"
import { type Loaded, load } from "./configuration/ConfigurationFile.ts"
import * as Watched from "./configuration/Watched.ts"
import * as Generation from "./Generation.ts"
import { Generations } from "./Generations.ts"
import * as Metrics from "./observability/Metrics.ts"

/** Sections that are read when the proxy starts. */
const readOnce = ["listen", "admin", "drain", "telemetry", "redis"] as const

/**
 * Follows a configuration file and whatever it names: after a change, or on
 * SIGHUP, or when a key is revoked elsewhere, all of it is read anew and put in force whole. What cannot be used
 * is logged and raises a gauge, and the old configuration serves on.
 */
export const follow = Effect.fn("Reload.follow")(function* (file: string, first: Loaded) {
  const generations = yield* Generations
  const revocations = yield* Revocations
  const { change, poke, watch } = yield* Watched.make
  let loaded = first
  yield* Metric.update(Metrics.configurationRejected, 0)

  const reload = Effect.gen(function* () {
    const next = withoutRevoked(yield* load(file), revocations.isRevoked)
    const isNew = next.fingerprint !== loaded.fingerprint || next.keys.length !== loaded.keys.length
    if (isNew) {
      yield* generations.replace(Generation.fromLoaded(next))
      for (const section of readOnce) {
        if (JSON.stringify(next.configuration[section]) !== JSON.stringify(first.configuration[section])) {
          yield* Effect.logWarning(`${section} has changed: that takes effect at the next start`)
        }
      }
      loaded = next
      yield* Effect.logInfo("configuration loaded")
    }
    yield* Metric.update(Metrics.configurationRejected, 0)
    yield* watch(next.files)
  }).pipe(
    Effect.catch((error) =>
      Effect.logError("the configuration is refused; the old one serves on").pipe(
        Effect.annotateLogs({ faults: error instanceof ConfigurationInvalid ? error.lines : [error.message] }),
        Effect.andThen(Metric.update(Metrics.configurationRejected, 1))
      )
    )
  )

  yield* watch(loaded.files)
  yield* onHangUp(poke)
  yield* Effect.forkScoped(Stream.runForEach(revocations.changes, () => Effect.sync(poke)))
  // What changed between the first reading and the watch would go unseen.
  poke()
  yield* Effect.forkScoped(Effect.forever(Effect.andThen(change, reload)))
})

/** What another replica's operator has revoked is out of force here too, though this replica's file may still have it. */
const withoutRevoked = (loaded: Loaded, isRevoked: (sha256: string) => boolean): Loaded => ({
  ...loaded,
  keys: loaded.keys.filter(({ sha256 }) => !isRevoked(Redacted.value(sha256)))
})

const onHangUp = (poke: () => void) =>
  Effect.acquireRelease(
    Effect.sync(() => process.on("SIGHUP", poke)),
    () => Effect.sync(() => process.off("SIGHUP", poke))
  )
