import * as Context from "effect/Context"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import * as Hex from "effect/encoding/Hex"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { Account } from "./Account.ts"

/** An access key as IAM keeps it. A temporary one is good only together with its security token, until it ends. */
export interface IssuedKey {
  readonly ak: string
  readonly sk: Redacted.Redacted<string>
  readonly temporary?: { readonly security_token: Redacted.Redacted<string>; readonly expires_at: DateTime.Utc }
}

/** The access keys of the account, and which of them are locked. */
export class AccessKeys extends Context.Service<
  AccessKeys,
  {
    readonly find: (ak: string) => IssuedKey | undefined
    readonly issueTemporary: (lifetime: Duration.Input) => Effect.Effect<Required<IssuedKey>>
    readonly isLocked: (ak: string) => Effect.Effect<boolean>
    /** Counts towards the lock: more than five failures in a row close the key for five minutes. */
    readonly authenticationFailed: (ak: string) => Effect.Effect<void>
    readonly authenticationSucceeded: (ak: string) => Effect.Effect<void>
  }
>()("@cbr/simulator/AccessKeys") {
  static readonly layer = Layer.effect(
    AccessKeys,
    Effect.gen(function* () {
      const account = yield* Account
      const random = yield* SecureRandom.SecureRandom
      const keys = new Map<string, IssuedKey>([[account.accessKey.ak, account.accessKey]])
      const failures = new Map<string, number>()
      const lockedUntil = new Map<string, DateTime.Utc>()
      return AccessKeys.of({
        find: (ak) => keys.get(ak),
        issueTemporary: Effect.fnUntraced(function* (lifetime) {
          const key = {
            ak: "HST" + Hex.encode(yield* random.randomBytes(8)).toUpperCase(),
            sk: Redacted.make(Hex.encode(yield* random.randomBytes(20)), { label: "temporary SK" }),
            temporary: {
              security_token: Redacted.make(Base64.encode(yield* random.randomBytes(600)), { label: "security token" }),
              expires_at: DateTime.addDuration(yield* DateTime.now, lifetime)
            }
          }
          keys.set(key.ak, key)
          return key
        }),
        isLocked: (ak) =>
          Effect.map(DateTime.now, (now) => {
            const end = lockedUntil.get(ak)
            if (end === undefined) return false
            if (DateTime.isLessThan(now, end)) return true
            lockedUntil.delete(ak)
            return false
          }),
        authenticationFailed: (ak) =>
          Effect.map(DateTime.now, (now) => {
            const count = (failures.get(ak) ?? 0) + 1
            failures.set(ak, count)
            if (count > toleratedFailures) {
              failures.delete(ak)
              lockedUntil.set(ak, DateTime.addDuration(now, lockDuration))
            }
          }),
        authenticationSucceeded: (ak) => Effect.sync(() => void failures.delete(ak))
      })
    })
  )
}

const toleratedFailures = 5
const lockDuration = Duration.minutes(5)
