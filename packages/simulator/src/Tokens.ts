import * as Context from "effect/Context"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type { Project } from "./Account.ts"
import * as ServiceErrors from "./ServiceError.ts"
import type { ServiceError } from "./ServiceError.ts"

/** The scope and the lifetime of a token. */
export interface Grant {
  /** Absent for a token that is scoped to the domain. */
  readonly project?: Project
  readonly issued_at: DateTime.Utc
  readonly expires_at: DateTime.Utc
}

/** The tokens that this IAM has issued. They end after 24 hours, or when they are revoked. */
export class Tokens extends Context.Service<
  Tokens,
  {
    readonly issue: (project?: Project) => Effect.Effect<Grant & { readonly token: Redacted.Redacted<string> }>
    readonly grantOf: (token: string) => Effect.Effect<Grant, ServiceError>
    /** Ends every token issued so far, ahead of its time. */
    readonly revokeAll: Effect.Effect<void>
  }
>()("@cbr/simulator/Tokens") {
  static readonly layer = Layer.effect(
    Tokens,
    Effect.gen(function* () {
      const random = yield* SecureRandom.SecureRandom
      const issued = new Map<string, Grant | "revoked">()
      return Tokens.of({
        issue: Effect.fnUntraced(function* (project) {
          const issued_at = yield* DateTime.now
          const token = "MII" + Base64.encode(yield* random.randomBytes(tokenBytes)).replaceAll("/", "-")
          const grant: Grant = {
            ...(project && { project }),
            issued_at,
            expires_at: DateTime.add(issued_at, { hours: 24 })
          }
          issued.set(token, grant)
          return { ...grant, token: Redacted.make(token, { label: "token" }) }
        }),
        grantOf: Effect.fnUntraced(function* (token) {
          const grant = issued.get(token)
          if (grant === undefined) return yield* ServiceErrors.tokenUndecodable
          if (grant === "revoked") return yield* ServiceErrors.tokenToRenew
          if (DateTime.isGreaterThanOrEqualTo(yield* DateTime.now, grant.expires_at)) {
            return yield* ServiceErrors.tokenExpired(DateTime.formatIso(grant.expires_at))
          }
          return grant
        }),
        revokeAll: Effect.sync(() => {
          for (const token of issued.keys()) issued.set(token, "revoked")
        })
      })
    })
  )
}

/** Real tokens are signed documents of some kilobytes, which is what fills request heads. */
const tokenBytes = 2_400
