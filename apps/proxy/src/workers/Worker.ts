import cluster from "node:cluster"
import { AuthenticationFailed } from "@cbr/client"
import type { ShowBackupRequest } from "@cbr/domain"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as PrometheusMetrics from "effect/observability/PrometheusMetrics"
import * as Schema from "effect/Schema"
import type { OwnSignatures } from "../callers/UsedSignatures.ts"
import type { SharedPort } from "../edge/SharedPort.ts"
import type { CredentialTurns, Verdict } from "../upstream/CredentialTurns.ts"
import { verdictAsJson, verdictOf } from "../upstream/VerdictAsJson.ts"
import * as Line from "./Line.ts"
import type { Peers } from "./Peers.ts"
import { type Assignment, type OfPrimary, type OfWorkers, type Order } from "./Questions.ts"

/** Whether this process is one of several that serve, started by a primary process. */
export const isWorker = cluster.isWorker

/** How a worker follows its primary process. */
export interface Worker {
  readonly assignment: Assignment
  /** Turns with the credentials of a configuration, which all workers share. */
  readonly turns: (generation: number) => CredentialTurns
  readonly peers: Peers
  readonly signatures: OwnSignatures
  readonly port: SharedPort
  /** Says that this worker serves, and follows each new configuration by `prepare` from now on. */
  readonly serving: <R>(url: string, prepare: Prepare<R>) => Effect.Effect<void, never, R>
  /** Succeeds when the worker is to finish what it has begun, and end. */
  readonly drained: Effect.Effect<void>
}

/** Makes what follows from a configuration, asks whether it is kept, and puts it in force if so. */
export type Prepare<R> = (
  order: Order,
  isKept: Effect.Effect<boolean>
) => Effect.Effect<void, { readonly message: string }, R>

/** This process as a worker; it ends with its primary process. */
export const join = Effect.gen(function* () {
  const drained = yield* Deferred.make<void>()
  const prepares = yield* Deferred.make<Prepare<never>>()
  const known = new Map<string, Verdict>()
  let forget: (request: ShowBackupRequest) => Effect.Effect<void> = () => Effect.void
  let decision: Deferred.Deferred<boolean> | undefined
  let decided: Deferred.Deferred<void> | undefined

  const answers: Line.Answers<OfWorkers> = {
    prepare: Effect.fnUntraced(function* (order) {
      const vote = yield* Deferred.make<ReadonlyArray<string>>()
      const kept = (decision = yield* Deferred.make<boolean>())
      const done = (decided = yield* Deferred.make<void>())
      const prepare = yield* Deferred.await(prepares)
      yield* prepare(order, Effect.andThen(Deferred.succeed(vote, []), Deferred.await(kept))).pipe(
        Effect.catch(({ message }) => Deferred.succeed(vote, [message])),
        Effect.ensuring(Deferred.succeed(done, undefined)),
        Effect.forkDetach
      )
      return yield* Deferred.await(vote)
    }),
    decide: (isKept) =>
      Effect.suspend(() =>
        decision === undefined || decided === undefined
          ? Effect.void
          : Effect.andThen(Deferred.succeed(decision, isKept), Deferred.await(decided))
      ),
    metrics: () => PrometheusMetrics.format(),
    drain: () => Effect.asVoid(Deferred.succeed(drained, undefined)),
    hear: ({ credential, verdict }) => Effect.sync(() => void known.set(credential, verdictOf(verdict))),
    forget: (request) => forget(request)
  }
  // Runs last: with the channel open the process would not end.
  yield* Effect.addFinalizer(() => Effect.sync(() => process.channel?.unref()))
  const line = yield* Line.make<OfPrimary, OfWorkers>(channel, answers)

  const turns = (generation: number): CredentialTurns => {
    const credentialOf = (name: string) => `${generation}/${name}`
    return {
      known: (name) => known.get(credentialOf(name)),
      take: (name) => {
        const credential = credentialOf(name)
        return Effect.map(line.ask("take", credential), (json) => {
          const verdict = json === null ? undefined : verdictOf(json)
          if (verdict !== undefined) known.set(credential, verdict)
          return verdict
        })
      },
      accepted: (name) => line.ask("accepted", credentialOf(name)),
      refused: (name, error) =>
        Effect.flatMap(Clock.currentTimeMillis, (now) => {
          const credential = credentialOf(name)
          // Nothing more goes out while the others are told.
          known.set(credential, { _tag: "Refused", error, until: now + Duration.toMillis("5 minutes") })
          return line.ask("refused", { credential, error: encodeError(error) })
        }),
      heard: (name, verdict) =>
        Effect.suspend(() => {
          const credential = credentialOf(name)
          if (verdict._tag === "Refused") known.set(credential, verdict)
          return line.ask("heard", { credential, verdict: verdictAsJson(verdict) })
        }),
      undecided: (name) => line.ask("undecided", credentialOf(name))
    }
  }

  const worker: Worker = {
    assignment: yield* line.ask("assignment"),
    turns,
    port: { silence, quiet: line.ask("quiet"), closed: line.ask("closed") },
    signatures: { use: ({ ak, signature }) => line.ask("use", { ak, signature }) },
    peers: {
      forget: (request) => line.ask("forget", request),
      onForget: (how) => void (forget = how)
    },
    serving: Effect.fnUntraced(function* <R>(url: string, prepare: Prepare<R>) {
      const context = yield* Effect.context<R>()
      yield* Deferred.succeed(prepares, (order, isKept) => Effect.provideContext(prepare(order, isKept), context))
      yield* line.ask("serving", url)
    }),
    drained: Deferred.await(drained)
  }
  return worker
})

/**
 * From when the last worker stops to listen until the primary process does, whoever connects is lost. So there is more
 * patience with those who have been given an answer and are slow to come back.
 */
const silence = Duration.millis(250)

const encodeError = Schema.encodeSync(AuthenticationFailed)

/** To the primary process; whatever is said after that has gone is for nobody. */
const channel: Line.Channel = {
  send: (message) => void process.send?.(message, undefined, undefined, () => undefined),
  listen: (hear) => {
    process.on("message", hear)
    return () => void process.off("message", hear)
  }
}
