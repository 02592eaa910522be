import type { AuthenticationFailed } from "@cbr/client"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { refusedFor } from "../problems/RefusedCredential.ts"

/** What the cloud thinks of a credential. */
export type Verdict =
  | { readonly _tag: "Accepted" }
  | {
      readonly _tag: "Refused"
      readonly error: AuthenticationFailed
      /** Until when nobody uses it, in milliseconds since 1970. */
      readonly until: number
    }

/**
 * Who may try a credential that is not known to be good. Whoever has the turn
 * tries; the others wait to hear what came of it. All that use a credential
 * share these, in whichever process they run.
 */
export interface CredentialTurns {
  /** What is known of a credential; while it is known to be good, nobody needs a turn. */
  readonly known: (name: string) => Verdict | undefined
  /** Succeeds with nothing when the credential may be tried, or with what others have found out. */
  readonly take: (name: string) => Effect.Effect<Verdict | undefined>
  readonly accepted: (name: string) => Effect.Effect<void>
  readonly refused: (name: string, error: AuthenticationFailed) => Effect.Effect<void>
  /**
   * What others than those who share these turns have found out. It never
   * lifts what one of those was refused: that may be news to the others yet.
   */
  readonly heard: (name: string, verdict: Verdict) => Effect.Effect<void>
  /** The try said nothing of the credential: the next may have the turn. */
  readonly undecided: (name: string) => Effect.Effect<void>
}

/** Longer than a call lasts: a request that tries the credential again is heard of by then, or never. */
const probeLasts = Duration.toMillis(Duration.seconds(60))

/** How long a process has the turn when it is not heard of: longer than a request lasts. */
export const turnLasts = Duration.toMillis(Duration.seconds(10))

/** Moments that are no further apart are one: each process reads the time by itself. */
const sameMoment = Duration.toMillis(Duration.seconds(1))

interface State {
  verdict: Verdict | undefined
  /** Whether others found that out. */
  isHeard: boolean
  /** Who may try, until when. */
  turn: { readonly who: string; readonly until: number } | undefined
  /** Completed when a turn ends, one way or another. */
  ended: Deferred.Deferred<void>
}

/** The turns of several who are told apart by name. */
export interface TurnKeeper {
  readonly known: (name: string) => Verdict | undefined
  readonly of: (who: string) => CredentialTurns
  /** Gives up the turns of one who is gone. */
  readonly gone: (who: string) => Effect.Effect<void>
}

/**
 * Keeps turns, and calls `told` with each new verdict. What the cloud refuses
 * is not tried again for five minutes; then one may try it, and the others
 * fail until the outcome is known.
 *
 * @source API Gateway: five failed AK/SK authentications in a row, five minutes
 */
export const makeTurnKeeper = (told: (name: string, verdict: Verdict) => void = () => undefined): TurnKeeper => {
  const states = new Map<string, State>()
  const stateOf = (name: string): State => {
    const known = states.get(name)
    if (known !== undefined) return known
    const state: State = { verdict: undefined, isHeard: false, turn: undefined, ended: Deferred.makeUnsafe() }
    states.set(name, state)
    return state
  }
  const endTurn = (state: State) => {
    state.turn = undefined
    const { ended } = state
    state.ended = Deferred.makeUnsafe()
    return Deferred.succeed(ended, undefined)
  }
  const decide = (name: string, state: State, verdict: Verdict, isHeard = false) => {
    state.verdict = verdict
    state.isHeard = isHeard
    told(name, verdict)
    return endTurn(state)
  }

  const take = (who: string, name: string): Effect.Effect<Verdict | undefined> =>
    Effect.flatMap(Clock.currentTimeMillis, (now) => {
      const state = stateOf(name)
      const { turn, verdict } = state
      if (verdict?._tag === "Accepted" || (verdict !== undefined && now < verdict.until)) return Effect.succeed(verdict)
      if (verdict !== undefined) {
        state.verdict = { ...verdict, until: now + probeLasts }
        state.turn = { who, until: now + probeLasts }
        told(name, state.verdict)
        return Effect.succeed(undefined)
      }
      if (turn === undefined || turn.who === who || now >= turn.until) {
        state.turn = { who, until: now + turnLasts }
        return Effect.succeed(undefined)
      }
      return Effect.andThen(
        Effect.timeoutOption(Deferred.await(state.ended), Duration.millis(turn.until - now)),
        take(who, name)
      )
    })

  return {
    known: (name) => states.get(name)?.verdict,
    of: (who) => ({
      known: (name) => states.get(name)?.verdict,
      take: (name) => take(who, name),
      accepted: (name) =>
        Effect.suspend(() => {
          const state = stateOf(name)
          // Of a request that was on its way when another was refused: it says nothing new.
          if (state.verdict !== undefined && state.turn?.who !== who) return Effect.void
          return Effect.asVoid(decide(name, state, { _tag: "Accepted" }))
        }),
      refused: (name, error) =>
        Effect.flatMap(Clock.currentTimeMillis, (now) => {
          const state = stateOf(name)
          if (state.verdict?._tag === "Refused" && state.turn?.who !== who) return Effect.void
          return Effect.asVoid(decide(name, state, { _tag: "Refused", error, until: now + refusedFor }))
        }),
      heard: (name, verdict) =>
        Effect.suspend(() => {
          const state = stateOf(name)
          const { isHeard, turn, verdict: known } = state
          const isNews =
            known?._tag !== "Refused" || turn?.who === who
              ? known?._tag !== "Accepted" || verdict._tag === "Refused"
              : verdict._tag === "Accepted"
                ? isHeard
                : Math.abs(verdict.until - known.until) > sameMoment
          return isNews ? Effect.asVoid(decide(name, state, verdict, true)) : Effect.void
        }),
      undecided: (name) =>
        Effect.suspend(() => {
          const state = stateOf(name)
          return state.verdict === undefined && state.turn?.who === who ? endTurn(state) : Effect.void
        })
    }),
    gone: (who) =>
      Effect.forEach(
        Array.from(states.values()).filter(({ turn }) => turn?.who === who),
        endTurn,
        { discard: true }
      )
  }
}
