import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Semaphore from "effect/Semaphore"
import { ConfigurationInvalid } from "../configuration/ConfigurationFault.ts"
import { type Loaded, load } from "../configuration/ConfigurationFile.ts"
import { changedSince, inForceSince } from "../configuration/StartOnlySettings.ts"
import * as Metrics from "../observability/Metrics.ts"
import { logDefect } from "../problems/Defect.ts"
import { ActiveConfiguration } from "./ActiveConfiguration.ts"
import type { ConfigSnapshot } from "./ConfigSnapshot.ts"
import * as FileWatcher from "./FileWatcher.ts"
import { KeyRing } from "./KeyRing.ts"

/** The outcome of reading the configuration again. */
export type Reloaded =
  | {
      readonly outcome: "loaded" | "unchanged"
      /** Sections, and settings of others, that differ from what is in force until the next start. */
      readonly waiting: ReadonlyArray<string>
    }
  /** The old configuration serves on. */
  | { readonly outcome: "refused"; readonly faults: ReadonlyArray<string> }
  | { readonly outcome: "no file" }

/** Reads the configuration again, and puts it in force whole or not at all. */
export class Reload extends Context.Service<Reload, { readonly now: Effect.Effect<Reloaded> }>()("@cbr/proxy/Reload") {
  /** For a proxy without a file. */
  static readonly layerNone: Layer.Layer<Reload> = Layer.succeed(Reload, {
    now: Effect.succeed<Reloaded>({ outcome: "no file" })
  })

  /**
   * Follows a configuration file and whatever it names: after a change, on
   * SIGHUP, or when asked, all of it is read anew and put in force whole. What
   * cannot be used is logged and raises a gauge, and the old configuration
   * serves on.
   *
   * @param make makes what follows from a configuration
   */
  static readonly layer = <E extends { readonly message: string }, R>(
    file: string,
    first: Loaded,
    make: (loaded: Loaded) => Effect.Effect<ConfigSnapshot, E, R>
  ) => Layer.effect(Reload, follow(file, first, make))
}

const follow = Effect.fn("Reload.follow")(function* <E extends { readonly message: string }, R>(
  file: string,
  first: Loaded,
  make: (loaded: Loaded) => Effect.Effect<ConfigSnapshot, E, R>
) {
  const snapshots = yield* ActiveConfiguration
  const ring = yield* KeyRing
  const { change, poke, watch } = yield* FileWatcher.make
  const oneAtATime = yield* Semaphore.make(1)
  let loaded = first
  let wasRefused = false
  yield* Metric.update(Metrics.configurationRejected, 0)
  const refused = Effect.suspend(() => {
    wasRefused = true
    return Metric.update(Metrics.configurationRejected, 1)
  })

  const reload = Effect.gen(function* () {
    const next = yield* load(file)
    const isNew = next.fingerprint !== loaded.fingerprint
    const waiting = changedSince(first.configuration, next.configuration)
    if (isNew) {
      const configuration = inForceSince(first.configuration, next.configuration)
      yield* snapshots.replace(make({ ...next, configuration }))
      for (const name of waiting) {
        yield* Effect.logWarning(`${name} has changed: that takes effect at the next start`)
      }
      loaded = next
      // By its name alone: what was read of it a moment ago may be out of date by now.
      yield* ring.use(next.keys_file)
      yield* Effect.logInfo("configuration loaded")
    } else if (wasRefused) {
      yield* Effect.logInfo("the configuration is again the one in force")
    }
    wasRefused = false
    yield* Metric.update(Metrics.configurationRejected, 0)
    yield* watch(next.files)
    return { outcome: isNew ? "loaded" : "unchanged", waiting } satisfies Reloaded
  }).pipe(
    // Nor is the file in force after a defect.
    Effect.tapDefect(() => refused),
    Effect.catch((error) => {
      const faults = error instanceof ConfigurationInvalid ? error.lines : [error.message]
      return Effect.logError("the configuration is refused; the old one serves on").pipe(
        Effect.annotateLogs({ faults }),
        Effect.andThen(refused),
        Effect.as({ outcome: "refused", faults } satisfies Reloaded)
      )
    }),
    // The file of keys first, and whatever comes of the rest.
    (reading) =>
      Effect.flatMap(ring.read, (hasNewKeys) =>
        Effect.map(oneAtATime.withPermit(reading), (reloaded) =>
          hasNewKeys && reloaded.outcome === "unchanged" ? { ...reloaded, outcome: "loaded" as const } : reloaded
        )
      )
  )

  yield* watch(loaded.files)
  yield* onHangUp(poke)
  // A change between the first reading and the watch would go unseen.
  poke()
  yield* Effect.forkScoped(Effect.forever(Effect.andThen(change, Effect.catchDefect(reload, logDefect))))
  const context = yield* Effect.context<Effect.Services<typeof reload>>()
  return Reload.of({ now: Effect.provideContext(reload, context) })
})

const onHangUp = (poke: () => void) =>
  Effect.acquireRelease(
    Effect.sync(() => process.on("SIGHUP", poke)),
    () => Effect.sync(() => process.off("SIGHUP", poke))
  )
