import * as Clock from "effect/Clock"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Hex from "effect/encoding/Hex"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { Seal } from "../crypto/SealedText.ts"
import { refusedFor } from "../problems/RefusedCredential.ts"
import { type Slot, Store } from "../store/Store.ts"
import { turnLasts, type Verdict } from "../upstream/CredentialTurns.ts"
import { VerdictAsJson, verdictAsJson } from "../upstream/VerdictAsJson.ts"
import * as Notices from "./Notices.ts"

/** A refusal is gone so long before anybody tries the credential again, and would find it. */
const goneBefore = 1_000

/** How long a verdict stands. */
const standsFor = {
  Accepted: Duration.toMillis(Duration.hours(1)),
  Refused: refusedFor - goneBefore
}

/** How long a notice is waited for before one looks again: a notice may be lost. */
const patience = 1_000

const read = Schema.decodeUnknownOption(Schema.fromJsonString(VerdictAsJson))

/** What a replica that wants to try a credential is told. */
export type TurnClaim =
  /** The turn is its own until it writes a verdict or lets go, or for as long as turns last. */
  | { readonly _tag: "Granted"; readonly token: string }
  /** Another has tried it. */
  | { readonly _tag: "Found"; readonly verdict: Verdict }
  /** The store cannot tell. */
  | { readonly _tag: "Alone" }

/**
 * Where replicas write what the cloud thinks of a credential, by its identity:
 * as with answers a lock, a value and a notice.
 */
export const makeVerdictBoard = Effect.fnUntraced(function* (seal: Seal) {
  const store = yield* Store
  const random = yield* SecureRandom.SecureRandom
  const replica = yield* Notices.newId
  const notices = yield* Notices.makeNotices(replica, "credentials", seal)
  const slotOf = (id: string): Slot => ({ kind: "credential", id })
  /** Where a sealed text stands: it opens at no other place. */
  const placeOf = (id: string) => `credential:${id}`
  const noticeOf = (key: string, what: Notices.Notice["what"]) => Notices.write({ from: replica, key, what })
  /** @param left how long it stands yet, by the clock of the store: those of the replicas may differ */
  const opened = Effect.fnUntraced(function* (id: string, value: string, left: number) {
    const text = yield* seal.open(value, placeOf(id))
    const verdict = Option.getOrUndefined(read(text))
    if (verdict?._tag !== "Refused") return verdict
    const stands = Math.min(Math.max(left, 0), standsFor.Refused)
    return { ...verdict, until: (yield* Clock.currentTimeMillis) + stands + goneBefore }
  })

  const look = Effect.fnUntraced(function* (id: string) {
    const held = Option.getOrUndefined(yield* Effect.option(store.look(slotOf(id))))
    return held === undefined ? undefined : yield* opened(id, held.value, held.left)
  })

  return {
    /** Asks for the turn; waits while another has it. */
    claim: Effect.fnUntraced(
      function* (id: string): Effect.fn.Return<TurnClaim> {
        const token = Hex.encode(yield* random.randomBytes(16))
        let unusable = ""
        while (true) {
          // Before the claim, so that no notice falls between the two.
          const notice = notices.next(id)
          const reply = Option.getOrUndefined(
            yield* Effect.option(store.claim(slotOf(id), { known: unusable, token, milliseconds: turnLasts }))
          )
          switch (reply?._tag) {
            case "Found": {
              const verdict = yield* opened(id, reply.held.value, reply.held.left)
              if (verdict !== undefined) return { _tag: "Found", verdict }
              unusable = reply.held.version
              break
            }
            case "Taken":
              yield* Effect.timeoutOption(notice, Duration.millis(Math.max(1, Math.min(reply.left, patience))))
              break
            case "Granted":
              return { _tag: "Granted", token }
            case undefined:
              return { _tag: "Alone" }
          }
        }
      },
      (effect, id) => Effect.ensuring(effect, notices.leave(id))
    ),
    /** Says what came of a turn. A refusal is true of whoever tried; what is accepted counts under the turn alone. */
    write: Effect.fnUntraced(
      function* (id: string, verdict: Verdict, token: string | undefined) {
        const value = yield* seal.close(JSON.stringify(verdictAsJson(verdict)), placeOf(id))
        const fields = { value, milliseconds: standsFor[verdict._tag], notice: noticeOf(id, "stored") }
        if (verdict._tag === "Refused") {
          const version = Hex.encode(yield* random.randomBytes(16))
          yield* store.overrule(slotOf(id), { ...fields, token: version })
        } else if (token !== undefined) yield* store.write(slotOf(id), { ...fields, token })
      },
      (effect) => Effect.ignore(effect)
    ),
    /** Gives up a turn of which nothing came. */
    letGo: (id: string, token: string): Effect.Effect<void> =>
      Effect.ignore(store.release(slotOf(id), { token, forgets: false, notice: noticeOf(id, "withdrawn") })),
    /** Verdicts that other replicas write, from now on. */
    verdicts: notices.changes.pipe(
      Stream.filter(({ _tag }) => _tag === "Stored"),
      Stream.mapEffect(({ key: id }) => Effect.map(look(id), (verdict) => ({ id, verdict })))
    )
  }
})

/** Where verdicts of replicas stand. */
export type VerdictBoard = Effect.Success<ReturnType<typeof makeVerdictBoard>>
