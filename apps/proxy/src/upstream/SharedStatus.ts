import { AuthenticationFailed } from "@cbr/client"
import * as Clock from "effect/Clock"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Hex from "effect/encoding/Hex"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { refusedFor } from "../problems/Problem.ts"
import { type Notices, write } from "../store/Notifications.ts"
import { type Held, type Slot, Store } from "../store/Store.ts"
import { alone, type Claim, type CredentialStatus, leaseLasts, type SharedStatus } from "./CredentialLease.ts"

/** A status as it stands in the store. */
const Written = Schema.fromJsonString(
  Schema.Union([
    Schema.TaggedStruct("Accepted", {}),
    Schema.TaggedStruct("Refused", { error: AuthenticationFailed, until: Schema.Finite })
  ])
)
const decode = Schema.decodeUnknownOption(Written)
const encode = Schema.encodeSync(Written)

/** A refusal is gone so long before a replica tries the credential again, and would find it. */
const goneBefore = 1_000

/** How long a status stands. */
const standsFor = { Accepted: Duration.toMillis(Duration.hours(1)), Refused: refusedFor - goneBefore }

/** How long a notice is waited for before the store is asked again: a notice may be lost. */
const longestWait = 1_000

/**
 * What the store's replicas know of a credential.
 *
 * @param identity by what they know it; worked out when it is first needed, since that may take a while
 */
export const makeSharedStatus = Effect.fnUntraced(function* (
  notices: Notices,
  identity: Effect.Effect<string | undefined>
) {
  const store = yield* Store
  const random = yield* SecureRandom.SecureRandom
  const scope = yield* Effect.scope
  let id: string | undefined
  const identified = yield* Effect.cached(Effect.tap(identity, (found) => Effect.sync(() => void (id = found))))
  const slotOf = (id: string): Slot => ({ kind: "credential", id })
  const newToken = Effect.map(random.randomBytes(16), Hex.encode)

  /** What stands in the store, by the store's clock alone: those of the replicas may differ. */
  const statusIn = Effect.fnUntraced(function* ({ left, value }: Held) {
    const status = Option.getOrUndefined(decode(value))
    if (status?._tag !== "Refused") return status
    const stands = Math.min(Math.max(left, 0), standsFor.Refused)
    return { ...status, until: (yield* Clock.currentTimeMillis) + stands + goneBefore }
  })

  const claimAs = Effect.fnUntraced(
    function* (id: string): Effect.fn.Return<Claim> {
      const token = yield* newToken
      let unusable = ""
      while (true) {
        // Before the claim, so that no notice falls between the two.
        const notice = notices.next(id)
        const reply = Option.getOrUndefined(
          yield* Effect.option(store.claim(slotOf(id), { known: unusable, token, milliseconds: leaseLasts }))
        )
        switch (reply?._tag) {
          case "Found": {
            const status = yield* statusIn(reply.held)
            if (status !== undefined) return { _tag: "Found", status }
            unusable = reply.held.version
            break
          }
          case "Taken":
            yield* Effect.timeoutOption(notice, Duration.millis(Math.max(1, Math.min(reply.left, longestWait))))
            break
          case "Granted":
            return { _tag: "Granted", token }
          case undefined:
            return { _tag: "Alone" }
        }
      }
    },
    (effect, id) => Effect.ensuring(effect, notices.leave(id))
  )

  const tell = Effect.fnUntraced(function* (token: string | undefined, told: CredentialStatus | undefined) {
    const id = yield* identified
    if (id === undefined) return
    const slot = slotOf(id)
    if (told === undefined) {
      if (token === undefined) return
      return yield* store.release(slot, { token, forgets: false, notice: write({ _tag: "Withdrawn", key: id }) })
    }
    const fields = {
      value: encode(told),
      milliseconds: standsFor[told._tag],
      notice: write({ _tag: "Stored", key: id })
    }
    if (told._tag === "Refused") yield* store.overrule(slot, { ...fields, token: yield* newToken })
    else if (token !== undefined) yield* store.write(slot, { ...fields, token })
  })

  const shared: SharedStatus = {
    claim: Effect.flatMap(identified, (id) => (id === undefined ? alone.claim : claimAs(id))),
    release: (token, told) => Effect.asVoid(Effect.forkIn(Effect.ignore(tell(token, told)), scope)),
    changes: notices.changes.pipe(
      Stream.filter(({ _tag, key }) => _tag === "Stored" && key === id),
      Stream.mapEffect(({ key }) => Effect.orElseSucceed(store.look(slotOf(key)), () => undefined)),
      Stream.mapEffect((held) => (held === undefined ? Effect.undefined : statusIn(held))),
      Stream.filter((status) => status !== undefined)
    )
  }
  return shared
})
