import * as Clock from "effect/Clock"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Hex from "effect/encoding/Hex"
import * as Option from "effect/Option"
import * as Redis from "effect/persistence/Redis"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { refusedFor, turnLasts, type Verdict } from "../upstream/CredentialTurns.ts"
import { VerdictAsJson, verdictAsJson } from "../upstream/VerdictAsJson.ts"
import * as Notices from "./Notices.ts"
import { RedisLink } from "./RedisLink.ts"
import * as Scripts from "./Scripts.ts"
import type { Seal } from "./SealedText.ts"

/** A refusal is gone so long before anybody tries the credential again, and would find it. */
const goneBefore = 1_000

/** How long a verdict stands. */
const standsFor = {
  Accepted: Duration.toMillis(Duration.hours(1)),
  Refused: refusedFor - goneBefore
}

/** How long a notice is waited for before one looks again: a notice may be lost. */
const patience = 1_000

const channel = "verdicts"

const read = Schema.decodeUnknownOption(Schema.fromJsonString(VerdictAsJson))

/** What a replica that wants to try a credential is told. */
export type TurnClaim =
  /** The turn is its own until it writes a verdict or lets go, or for as long as turns last. */
  | { readonly _tag: "Granted"; readonly token: string }
  /** Another has tried it. */
  | { readonly _tag: "Found"; readonly verdict: Verdict }
  /** Redis cannot tell. */
  | { readonly _tag: "Alone" }

/**
 * Where replicas write what the cloud thinks of a credential, by its identity:
 * as with answers a lock, a value and a notice.
 */
export const makeVerdictBoard = Effect.fnUntraced(function* (seal: Seal) {
  const { prefix } = yield* RedisLink
  const redis = yield* Redis.Redis
  const random = yield* SecureRandom.SecureRandom
  const replica = yield* Notices.newId
  const notices = yield* Notices.makeNotices(replica, channel, seal)
  const run = {
    claim: redis.eval(Scripts.claim),
    look: redis.eval(Scripts.look),
    store: redis.eval(Scripts.store),
    overrule: redis.eval(Scripts.overrule),
    release: redis.eval(Scripts.release)
  }
  const placesOf = (id: string) => [`${prefix}verdict:${id}`, `${prefix}turn:${id}`] as const
  const noticeOf = (key: string, what: Notices.Notice["what"]) => ({
    channel: prefix + channel,
    notice: Notices.write({ from: replica, key, what })
  })
  /** @param left how long it stands yet, by the clock of Redis: those of the replicas may differ */
  const opened = Effect.fnUntraced(function* (id: string, value: string, left: number) {
    const text = yield* seal.open(value, placesOf(id)[0])
    const verdict = Option.getOrUndefined(read(text))
    if (verdict?._tag !== "Refused") return verdict
    const stands = Math.min(Math.max(left, 0), standsFor.Refused)
    return { ...verdict, until: (yield* Clock.currentTimeMillis) + stands + goneBefore }
  })

  const look = Effect.fnUntraced(function* (id: string) {
    const reply = Option.getOrUndefined(yield* Effect.option(run.look(placesOf(id)[0])))
    return reply === undefined || reply.length === 0 ? undefined : yield* opened(id, reply[2], reply[4])
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
            yield* Effect.option(run.claim(...placesOf(id), unusable, token, turnLasts))
          )
          switch (reply?.[0]) {
            case "found": {
              const verdict = yield* opened(id, reply[2], reply[4])
              if (verdict !== undefined) return { _tag: "Found", verdict }
              unusable = reply[1]
              break
            }
            case "taken":
              yield* Effect.timeoutOption(notice, Duration.millis(Math.max(1, Math.min(reply[1], patience))))
              break
            case "granted":
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
        const [place, lock] = placesOf(id)
        const value = yield* seal.close(JSON.stringify(verdictAsJson(verdict)), place)
        const fields = { value, milliseconds: standsFor[verdict._tag], ...noticeOf(id, "stored") }
        if (verdict._tag === "Refused") {
          const version = Hex.encode(yield* random.randomBytes(16))
          yield* run.overrule(place, lock, { ...fields, token: version })
        } else if (token !== undefined) yield* run.store(place, lock, { ...fields, token })
      },
      (effect) => Effect.ignore(effect)
    ),
    /** Gives up a turn of which nothing came. */
    letGo: (id: string, token: string): Effect.Effect<void> =>
      Effect.ignore(run.release(...placesOf(id), { token, forgets: false, ...noticeOf(id, "withdrawn") })),
    /** Verdicts that other replicas write, from now on. */
    verdicts: notices.changes.pipe(
      Stream.filter(({ _tag }) => _tag === "Stored"),
      Stream.mapEffect(({ key: id }) => Effect.map(look(id), (verdict) => ({ id, verdict })))
    )
  }
})

/** Where verdicts of replicas stand. */
export type VerdictBoard = Effect.Success<ReturnType<typeof makeVerdictBoard>>
