import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import type * as Path from "effect/Path"
import * as ChildProcessSpawner from "effect/process/ChildProcessSpawner"
import * as Terminal from "effect/Terminal"

const spawner = Layer.effect(
  ChildProcessSpawner.ChildProcessSpawner,
  Effect.gen(function* () {
    const context = yield* Effect.context<FileSystem.FileSystem | Path.Path>()
    const scope = yield* Effect.scope
    const spawner = yield* Effect.cached(
      Effect.gen(function* () {
        const { layer } = yield* Effect.promise(() => import("@effect/platform-node/NodeChildProcessSpawner"))
        return Context.get(yield* Layer.buildWithScope(layer, scope), ChildProcessSpawner.ChildProcessSpawner)
      }).pipe(Effect.provideContext(context))
    )
    return ChildProcessSpawner.make((command) => Effect.flatMap(spawner, (it) => it.spawn(command)))
  })
)

const terminal = Layer.effect(
  Terminal.Terminal,
  Effect.gen(function* () {
    const scope = yield* Effect.scope
    const terminal = yield* Effect.cached(
      Effect.gen(function* () {
        const { layer } = yield* Effect.promise(() => import("@effect/platform-node/NodeTerminal"))
        return Context.get(yield* Layer.buildWithScope(layer, scope), Terminal.Terminal)
      })
    )
    return Terminal.make({
      columns: Effect.flatMap(terminal, ({ columns }) => columns),
      rows: Effect.flatMap(terminal, ({ rows }) => rows),
      size: Effect.flatMap(terminal, ({ size }) => size),
      readInput: Effect.flatMap(terminal, ({ readInput }) => readInput),
      readLine: Effect.flatMap(terminal, ({ readLine }) => readLine),
      display: (text) => Effect.flatMap(terminal, ({ display }) => display(text))
    })
  })
)

/** Child processes and the terminal's keyboard, which every command line must be given and few use: loaded with their first use. */
export const layer = Layer.merge(spawner, terminal)
