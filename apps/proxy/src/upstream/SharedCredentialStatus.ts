import { AuthenticationFailed } from "@cbr/client"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { refusedFor } from "../problems/Problem.ts"
import type { LeasedValues } from "../store/LeasedValues.ts"
import type { Held } from "../store/Store.ts"
import { alone, type CredentialStatus, leaseLasts, type SharedCredentialStatus } from "./CredentialTrial.ts"

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

/** The life of a status, in milliseconds. */
const standsFor = { Accepted: Duration.toMillis(Duration.hours(1)), Refused: refusedFor - goneBefore }

/** The time by which a lease outlives a replica that has died, and the time between two renewals, in milliseconds. */
const leaseLife = 2_000
const renewal = 500

/** When what the store did not take is told again, in milliseconds. */
const betweenTries = 1_000

/** The time for which the outcome is of use to others: without a status, until the lease has ended by itself. */
const usefulFor = (told: CredentialStatus | undefined) =>
  told === undefined ? leaseLife : told._tag === "Refused" ? standsFor.Refused : leaseLasts

/** The status in the store, by the store's clock alone: those of the replicas may differ. */
const statusIn = Effect.fnUntraced(function* ({ left, value }: Held) {
  const status = Option.getOrUndefined(decode(value))
  if (status?._tag !== "Refused") return status
  const stands = Math.min(Math.max(left, 0), standsFor.Refused)
  return { ...status, until: (yield* Clock.currentTimeMillis) + stands + goneBefore }
})

/**
 * The status of a credential that replicas share through the store.
 *
 * @param identity by what they know it; worked out when it is first needed, since that may take a while
 */
export const makeSharedCredentialStatus = Effect.fnUntraced(function* (
  statuses: LeasedValues,
  identity: Effect.Effect<string | undefined>
) {
  const scope = yield* Effect.scope
  let id: string | undefined
  const identified = yield* Effect.cached(Effect.tap(identity, (found) => Effect.sync(() => void (id = found))))

  /** Keeps the lease of a try that goes on. */
  let renewing: { readonly token: string; readonly fiber: Fiber.Fiber<unknown> } | undefined
  const keep = (id: string, token: string) =>
    Effect.sleep(renewal).pipe(
      Effect.andThen(Effect.ignore(statuses.renew(id, token, leaseLife))),
      Effect.forever,
      Effect.timeoutOption(leaseLasts - leaseLife),
      Effect.forkIn(scope),
      Effect.map((fiber) => void (renewing = { token, fiber }))
    )

  const claim = Effect.fnUntraced(function* (id: string) {
    const acquired = yield* statuses.acquire(id, { milliseconds: leaseLife, read: statusIn })
    if (acquired._tag === "Granted" || acquired._tag === "Alone") yield* keep(id, acquired.token)
    return acquired
  })

  const tell = (id: string, token: string | undefined, told: CredentialStatus | undefined) => {
    if (told?._tag === "Refused") {
      // As long as it stands here, however late it is told.
      return Effect.flatMap(Clock.currentTimeMillis, (now) => {
        const milliseconds = Math.min(Math.floor(told.until - now) - goneBefore, standsFor.Refused)
        return milliseconds < 1 ? Effect.void : statuses.write(id, { value: encode(told), milliseconds })
      })
    }
    if (token === undefined) return Effect.void
    return told === undefined
      ? statuses.release(id, token)
      : statuses.write(id, { token, value: encode(told), milliseconds: standsFor.Accepted })
  }

  const shared: SharedCredentialStatus = {
    claim: Effect.flatMap(identified, (id) => (id === undefined ? alone.claim : claim(id))),
    release: (token, told) =>
      Effect.suspend(() => {
        if (token !== undefined && token === renewing?.token) {
          renewing.fiber.interruptUnsafe()
          renewing = undefined
        }
        return Effect.flatMap(identified, (id) => (id === undefined ? Effect.void : tell(id, token, told))).pipe(
          Effect.retry(Schedule.spaced(betweenTries)),
          Effect.timeoutOption(usefulFor(told)),
          Effect.ignore,
          Effect.forkIn(scope),
          Effect.asVoid
        )
      }),
    changes: statuses.changes.pipe(
      Stream.filter(({ _tag, key }) => _tag === "Stored" && key === id),
      Stream.mapEffect(({ key }) => statuses.look(key)),
      Stream.mapEffect((held) => (held === undefined ? Effect.undefined : statusIn(held))),
      Stream.filter((status) => status !== undefined)
    )
  }
  return shared
})
