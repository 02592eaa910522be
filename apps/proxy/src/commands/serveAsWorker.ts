import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { Revocations } from "../callers/Revocations.ts"
import { UsedSignatures } from "../callers/UsedSignatures.ts"
import { inForceSince } from "../configuration/ReadOnce.ts"
import { Listener } from "../edge/Server.ts"
import { SharedPort } from "../edge/SharedPort.ts"
import * as Generation from "../Generation.ts"
import { Generations } from "../Generations.ts"
import { Lifecycle } from "../Lifecycle.ts"
import { generationsOf, orSayWhere, replicas, server, type Serving } from "../Serving.ts"
import { StartFailed } from "../StartFailed.ts"
import { SharedTurns } from "../upstream/CredentialTurns.ts"
import { type FilesRead, replaying } from "../workers/FilesRead.ts"
import { Peers } from "../workers/Peers.ts"
import type { Order } from "../workers/Questions.ts"
import { shareOf } from "../workers/Share.ts"
import { join } from "../workers/Worker.ts"
import { fileAloneOf, fileOf, type Given, inForce } from "./Given.ts"

/** Serves as one of several, with its share of what the configuration grants, until the primary process says otherwise. */
export const serveAsWorker = Effect.fnUntraced(function* (given: Given) {
  const worker = yield* join
  const { first: filesAtStart, key, workers } = worker.assignment
  const start = yield* reading(filesAtStart)(fileAloneOf(given))
  const made = Effect.fnUntraced(
    function* (order: Order) {
      // One that takes another's place began later than the proxy, and is to be as the others are. What is read once is
      // used by the first alone: a later one is not refused for a secret of a Redis that the file names no more.
      const loaded = yield* fileOf(given, order === worker.assignment ? start : undefined)
      const file = loaded && start && inForceSince(start, loaded.configuration)
      return {
        given,
        loaded: loaded && file && { ...loaded, configuration: shareOf(file, workers) },
        configuration: shareOf(inForce(given, file), workers),
        callersKey: Redacted.make(key)
      }
    },
    // What was read once may be of files that the configuration names no more.
    (making, { files }) => reading({ ...filesAtStart, ...files })(making)
  )
  const first: Serving = yield* made(worker.assignment)
  return yield* Effect.gen(function* () {
    const generations = yield* Generations
    let last: Order = worker.assignment
    const remade = (order: Order, isKept: Effect.Effect<boolean>) =>
      generations.replace(
        Effect.gen(function* () {
          const { loaded } = yield* made(order)
          const next = yield* loaded === undefined
            ? Effect.die("a configuration of no file")
            : Generation.fromLoaded(loaded)
          if (!(yield* isKept)) return yield* dropped
          last = order
          return next
        }).pipe(Effect.provideService(SharedTurns, worker.turns(order.generation)))
      )
    const { changes } = yield* Revocations
    yield* Effect.forkScoped(
      Stream.runForEach(changes, () => Effect.ignore(Effect.suspend(() => remade(last, Effect.succeed(true)))))
    )
    yield* worker.serving((yield* Listener).url, remade)
    return yield* worker.drained
  }).pipe(
    Effect.scoped,
    Effect.provide(
      server(first).pipe(
        Layer.provideMerge(generationsOf(first)),
        Layer.provideMerge(replicas(first.loaded)),
        Layer.provideMerge(Lifecycle.layer)
      )
    ),
    orSayWhere(first.configuration),
    Effect.provideService(SharedTurns, worker.turns(worker.assignment.generation)),
    Effect.provideService(Peers, worker.peers),
    Effect.provideService(UsedSignatures, worker.signatures),
    Effect.provideService(SharedPort, worker.port),
    Effect.annotateLogs({ worker: worker.assignment.worker })
  )
}, Effect.scoped)

const reading = (files: FilesRead) => Effect.provideService(FileSystem.FileSystem, replaying(files))

/** The other workers could not use it. */
const dropped = new StartFailed({ message: "another worker refused the configuration", exitCode: 1 })
