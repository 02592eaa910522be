import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
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
 * SIGHUP, all of it is read anew and put in force whole. What cannot be used
 * is logged and raises a gauge, and the old configuration serves on.
 */
export const follow = Effect.fn("Reload.follow")(function* (file: string, first: Loaded) {
  const generations = yield* Generations
  const { change, poke, watch } = yield* Watched.make
  let loaded = first
  yield* Metric.update(Metrics.configurationRejected, 0)

  const reload = Effect.gen(function* () {
    const next = yield* load(file)
    const isNew = next.fingerprint !== loaded.fingerprint
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
  // What changed between the first reading and the watch would go unseen.
  poke()
  yield* Effect.forkScoped(Effect.forever(Effect.andThen(change, reload)))
})

const onHangUp = (poke: () => void) =>
  Effect.acquireRelease(
    Effect.sync(() => process.on("SIGHUP", poke)),
    () => Effect.sync(() => process.off("SIGHUP", poke))
  )
