import * as Clock from "effect/Clock"
import type * as Aead from "effect/crypto/Aead"
import * as Kdf from "effect/crypto/Kdf"
import type * as SecureRandom from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import { makeSeal, type SealingKey } from "../crypto/SealedText.ts"
import { refusedFor } from "../problems/RefusedCredential.ts"
import { type ConfiguredCredential, ReplicaTurns } from "../snapshot/ReplicaTurns.ts"
import type { Store } from "../store/Store.ts"
import { type CredentialTurns, turnLasts, type Verdict } from "../upstream/CredentialTurns.ts"
import { identityOf } from "./CredentialIdentity.ts"
import { makeVerdictBoard, type VerdictBoard } from "./VerdictBoard.ts"

/** Turns with credentials that are taken of all replicas, through the store. */
export const layer = (
  keys: ReadonlyArray<SealingKey>
): Layer.Layer<never, never, Store | Aead.Aead | SecureRandom.SecureRandom | Kdf.Kdf> =>
  Layer.effect(
    ReplicaTurns,
    Effect.gen(function* () {
      const board = yield* makeVerdictBoard(yield* Effect.orDie(makeSeal(keys)))
      const kdf = yield* Kdf.Kdf
      const scope = yield* Effect.scope
      /** Nobody waits for what is said to others. */
      const beside = (said: Effect.Effect<void>) => Effect.asVoid(Effect.forkIn(said, scope))
      return {
        over: (inner, credentialOf) =>
          Effect.provideService(turnsOver(inner, credentialOf, board, beside), Kdf.Kdf, kdf)
      }
    })
  )

/** How a credential stands among the replicas. */
interface Standing {
  readonly name: string
  /** Worked out when it is first needed: it may take a while. */
  readonly identity: Effect.Effect<string | undefined>
  readonly oneAtATime: Semaphore.Semaphore
  /** The turn of all replicas, while it is this process's. */
  turn: { readonly token: string; readonly until: number } | undefined
}

const turnsOver = Effect.fnUntraced(function* (
  inner: CredentialTurns,
  credentialOf: (id: string) => ConfiguredCredential | undefined,
  board: VerdictBoard,
  beside: (said: Effect.Effect<void>) => Effect.Effect<void>
) {
  const standings = new Map<string, Standing>()
  const byIdentity = new Map<string, Standing>()
  const kdf = yield* Kdf.Kdf
  const standingOf = (name: string): Standing | undefined => {
    const known = standings.get(name)
    const credential = credentialOf(name)
    if (known !== undefined || credential === undefined) return known
    const identity = Effect.runSync(
      Effect.cached(
        identityOf(credential.loaded, credential.name).pipe(
          Effect.provideService(Kdf.Kdf, kdf),
          Effect.orElseSucceed(() => undefined),
          Effect.tap((id) => Effect.sync(() => void (id === undefined || byIdentity.set(id, standing))))
        )
      )
    )
    const standing: Standing = { name, identity, oneAtATime: Semaphore.makeUnsafe(1), turn: undefined }
    standings.set(name, standing)
    return standing
  }

  yield* board.verdicts.pipe(
    Stream.runForEach(({ id, verdict }) => {
      const name = byIdentity.get(id)?.name
      return name === undefined || verdict === undefined ? Effect.void : inner.heard(name, verdict)
    }),
    Effect.forkScoped({ startImmediately: true })
  )

  /** For one of this process, which has the turn there: the turn of all replicas, or what another has found out. */
  const taken = Effect.fnUntraced(function* (standing: Standing, before: Verdict | undefined) {
    const { name } = standing
    const known = inner.known(name)
    if (known !== undefined && known !== before) return known
    if (standing.turn !== undefined && (yield* Clock.currentTimeMillis) < standing.turn.until) return undefined
    const id = yield* standing.identity
    if (id === undefined) return undefined
    const claim = yield* board.claim(id)
    switch (claim._tag) {
      case "Alone":
        return undefined
      case "Granted":
        standing.turn = { token: claim.token, until: (yield* Clock.currentTimeMillis) + turnLasts }
        return undefined
      case "Found":
        yield* inner.heard(name, claim.verdict)
        return claim.verdict
    }
  })

  /** Ends this process's turn among the replicas, if it has one, and says what came of it. */
  const settled = Effect.fnUntraced(function* (
    name: string,
    said: (id: string, token?: string) => Effect.Effect<void>
  ) {
    const standing = standingOf(name)
    const id = standing === undefined ? undefined : yield* standing.identity
    if (standing === undefined || id === undefined) return
    const token = standing.turn?.token
    standing.turn = undefined
    yield* beside(said(id, token))
  })

  const turns: CredentialTurns = {
    known: inner.known,
    take: Effect.fnUntraced(function* (name) {
      const verdict = yield* inner.take(name)
      const standing = standingOf(name)
      if (verdict !== undefined || standing === undefined) return verdict
      return yield* standing.oneAtATime.withPermits(1)(taken(standing, inner.known(name)))
    }),
    accepted: (name) =>
      Effect.andThen(
        inner.accepted(name),
        settled(name, (id, token) => board.write(id, { _tag: "Accepted" }, token))
      ),
    refused: (name, error) =>
      Effect.gen(function* () {
        yield* inner.refused(name, error)
        const until = (yield* Clock.currentTimeMillis) + refusedFor
        yield* settled(name, (id, token) => board.write(id, { _tag: "Refused", error, until }, token))
      }),
    heard: inner.heard,
    undecided: (name) =>
      Effect.andThen(
        inner.undecided(name),
        settled(name, (id, token) => (token === undefined ? Effect.void : board.letGo(id, token)))
      )
  }
  return turns
})
