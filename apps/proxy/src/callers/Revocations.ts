import { hashes } from "@cbr/client/node"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as PubSub from "effect/PubSub"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import { gauge } from "../observability/Counters.ts"
import { ProxyError } from "../problems/ProxyError.ts"
import { Store } from "../store/Store.ts"

/**
 * The id of a credential among those that are revoked. It discloses neither the
 * credential nor its caller. A key is known by its
 * SHA-256 in hex.
 */
export const revocationId = {
  ofKey: (sha256: string): string => sha256,
  ofAccessKey: (ak: string): string => hashes.sha256(JSON.stringify(["access_key", ak])),
  /** @param issuer the `iss` of the tokens */
  ofSubject: (issuer: string, sub: string): string => hashes.sha256(JSON.stringify(["subject", issuer, sub]))
}

/**
 * Credentials of callers that were revoked at any replica. It is a fact that
 * is looked up each time a credential is shown, so nothing that is being
 * loaded, or could not be, brings a revoked one back.
 */
export class Revocations extends Context.Service<
  Revocations,
  {
    readonly isRevoked: (id: string) => boolean
    /** Why no credential is believed: the facts have not been had for too long, and the operator wants none believed then. */
    readonly unknown: () => ProxyError | undefined
    /** Emits when a credential was revoked, and when credentials are believed no more, or again. */
    readonly changes: Stream.Stream<void>
  }
>()("@cbr/proxy/Revocations") {}

/** The time between two reads of the revocations, beside those after a notice. */
const interval = Duration.seconds(2)

/** After this long without a read it is unknown what was revoked. */
const goodFor = Duration.seconds(10)

/** A replica that starts tries so long for the first read: it might open to a credential that was revoked yesterday. */
const firstRead = Duration.seconds(5)

/**
 * Follows what the store has: every two seconds, after each notice, and
 * whenever the store can be had again. A credential once revoked stays so
 * while the process runs, whatever the store forgets.
 *
 * @param mode the rule after ten seconds without a read: believe credentials that are not known to be revoked (`serve`),
 *   or none (`refuse`)
 */
export const layer = (mode: "serve" | "refuse"): Layer.Layer<Revocations, never, Store> =>
  Layer.effect(
    Revocations,
    Effect.gen(function* () {
      const store = yield* Store
      const clock = yield* Clock.Clock
      const now = () => clock.monotonicTimeNanosUnsafe()
      const longest = BigInt(Duration.toMillis(goodFor)) * 1_000_000n
      const revoked = new Set<string>()
      const changes = yield* PubSub.sliding<void>(1)
      let readAt: bigint | undefined
      let wasKnown = true
      const started = now()
      yield* Metric.update(unread, 0)

      const isKnown = () => readAt !== undefined && now() - readAt < longest
      /** Not so soon after the start that Redis may yet be found. */
      const isToBeTold = () => isKnown() || readAt !== undefined || now() - started >= longest

      const read = Effect.gen(function* () {
        // The answer may lack a revocation that came while it was on its way.
        const asked = now()
        const all = yield* Effect.option(store.revoked)
        const before = revoked.size
        if (all._tag === "Some") {
          readAt = asked
          for (const id of all.value) revoked.add(id)
        }
        const known = isKnown()
        if (!isToBeTold()) return
        if (known !== wasKnown) {
          yield* Metric.update(unread, known ? 0 : 1)
          yield* known
            ? Effect.logInfo("revocations can be read again")
            : Effect.logError(
                mode === "refuse"
                  ? "revocations could not be read for 10 s: no credential is believed (redis.revocations is refuse)"
                  : "revocations could not be read for 10 s: a credential that was revoked since opens this replica (redis.revocations is serve)"
              )
        }
        if (revoked.size !== before || known !== wasKnown) yield* PubSub.publish(changes, undefined)
        wasKnown = known
      })

      yield* read.pipe(
        Effect.repeat({ until: () => readAt !== undefined, schedule: Schedule.spaced("50 millis") }),
        Effect.timeoutOption(firstRead)
      )
      yield* Effect.forkScoped(Effect.repeat(Effect.ignoreCause(read), Schedule.spaced(interval)))
      yield* Effect.forkScoped(
        Stream.runForEach(Stream.merge(store.notices("revocations"), store.restored), () => Effect.ignoreCause(read)),
        { startImmediately: true }
      )
      return {
        isRevoked: (id) => revoked.has(id),
        unknown: () => (mode === "refuse" && !isKnown() ? unknown : undefined),
        changes: Stream.fromPubSub(changes)
      }
    })
  )

const unknown = new ProxyError({
  reason: "RevocationsUnknown",
  message: "the proxy cannot tell at the moment which credentials were revoked",
  headers: { "retry-after": "5" }
})

const unread = gauge("cbr_proxy_revocations_unread", "1 while the proxy has not read the revocations for 10 seconds")
