import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as PrometheusMetrics from "effect/observability/PrometheusMetrics"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { AdminServer } from "../admin/AdminServer.ts"
import { Callers } from "../callers/Callers.ts"
import type { Configuration } from "../configuration/Configuration.ts"
import type { Loaded } from "../configuration/ConfigurationFile.ts"
import type { Generation } from "../Generation.ts"
import { Generations } from "../Generations.ts"
import { Lifecycle } from "../Lifecycle.ts"
import { Exposition } from "../observability/Exposition.ts"
import { Reload } from "../Reload.ts"
import { Upstreams } from "../upstream/Upstreams.ts"
import type { FilesRead } from "./FilesRead.ts"
import * as Pool from "./Pool.ts"

/** What a primary process needs to know. */
export interface PrimaryOptions {
  readonly workers: number
  /** The configuration in force, with what the flags say. */
  readonly configuration: Configuration
  /** What the flags make of one that the file says. */
  readonly underFlags: (file: Configuration) => Configuration
  /** What callers must show, where no file says who they are. */
  readonly key: Redacted.Redacted<string>
  /** Says that all workers serve. */
  readonly sayReady: (url: string) => Effect.Effect<void>
  /** The file to follow, if there is one. */
  readonly followed: { readonly file: string; readonly loaded: Loaded } | undefined
  /** The files that the configuration in force, or the one that was read last, is made of. */
  readonly filesRead: () => FilesRead
}

/**
 * Serves by workers, each a process with an event loop of its own, that share
 * the port: this one accepts connections and hands each to the next. It keeps
 * the workers up, follows the configuration for them, speaks for them on the
 * admin port, and ends when they have drained. It calls no cloud.
 */
export const run = Effect.fn("Primary.run")(function* ({
  configuration,
  filesRead,
  followed,
  key,
  sayReady,
  underFlags,
  workers
}: PrimaryOptions) {
  const { admin, drain } = configuration
  let pool: Pool.Pool | undefined
  let generation = 1
  let isUp = false
  const next = (loaded: Loaded) =>
    Effect.suspend(() => {
      const order = { generation: ++generation, files: filesRead() }
      return Effect.flatMap(pool?.replace(order) ?? Effect.succeed([]), (faults) =>
        faults.length === 0
          ? Effect.succeed(generationOf(() => pool, order.generation, underFlags(loaded.configuration)))
          : Effect.fail(new Refused({ message: faults.join("\n") }))
      )
    })

  return yield* Effect.gen(function* () {
    const lifecycle = yield* Lifecycle
    const { failed, url } = (pool = yield* Pool.make({
      workers,
      key: Redacted.value(key),
      first: { generation, files: filesRead() },
      patience: Duration.seconds(drain.serve_seconds + drain.finish_seconds + 5),
      // Ready when all have come up once, and then as long as one serves: the others are on their way.
      onServing: (count) =>
        Effect.suspend(() =>
          isUp && !lifecycle.isDraining() ? lifecycle.enter(count > 0 ? "serving" : "starting") : Effect.void
        )
    }))
    yield* Effect.addFinalizer(() => lifecycle.enter("draining"))
    const where = yield* Effect.raceFirst(url, failed)
    isUp = true
    yield* lifecycle.enter("serving")
    yield* sayReady(where)
    return yield* Effect.raceFirst(lifecycle.stopped, failed)
  }).pipe(
    Effect.scoped,
    // Built first, so it ends last: those who run the proxy can see it drain.
    Effect.provide(
      (admin.enabled ? AdminServer.layer(admin) : Layer.empty).pipe(
        Layer.provideMerge(
          followed === undefined ? Reload.layerNone : Reload.layer(followed.file, followed.loaded, next)
        ),
        Layer.provideMerge(Generations.layer(Effect.succeed(generationOf(() => pool, generation, configuration)))),
        Layer.provideMerge(Lifecycle.layer),
        Layer.provide(
          Layer.succeed(
            Exposition,
            Effect.suspend(() => pool?.metrics ?? PrometheusMetrics.format())
          )
        )
      )
    )
  )
})

/** What workers found wrong with a configuration that could be read. */
class Refused extends Schema.TaggedError<Refused>()("Refused", { message: Schema.String }) {}

/** A generation as this process knows it: what it says, and what the workers have found out about its credentials. */
const generationOf = (pool: () => Pool.Pool | undefined, number: number, configuration: Configuration): Generation => ({
  configuration,
  rules: Context.empty(),
  callers: Callers.make({}),
  upstreams: Upstreams.of({ of: () => undefined }),
  credentials: Object.keys(configuration.credentials).map((name) => ({
    name,
    refusal: Effect.sync(() => {
      const until = pool()?.refusedUntil(number, name)
      return until === undefined ? undefined : { until: DateTime.makeUnsafe(until) }
    }),
    hold: (source) => source
  }))
})
