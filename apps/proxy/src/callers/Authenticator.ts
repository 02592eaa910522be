import * as Context from "effect/Context"
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import type { ProxyError } from "../problems/ProxyError.ts"
import { type Caller, type VerifiedCaller, scopes } from "../rights/Caller.ts"
import * as ApiKey from "./ApiKey.ts"
import { type RequestCredential, unauthenticated, unauthenticatedBecause } from "./RequestCredential.ts"
import type { Revocations } from "./Revocations.ts"

/** For each kind of credential, the function that finds its caller: an `Exit`, where no issuer and no store must be asked. */
export type Verifiers = {
  readonly [Kind in RequestCredential["_tag"]]: (
    presented: Extract<RequestCredential, { _tag: Kind }>,
    now: DateTime.Utc
  ) => Effect.Effect<VerifiedCaller, ProxyError>
}

/** Finds the caller of a credential. */
export class Authenticator extends Context.Service<
  Authenticator,
  {
    /**
     * Returns the caller of a credential at a moment, as an `Exit` where no issuer and no store must be asked. Fails with
     * one error for a wrong credential of any kind.
     */
    readonly authenticate: (presented: RequestCredential, now: DateTime.Utc) => Effect.Effect<Caller, ProxyError>
  }
>()("@cbr/proxy/Authenticator") {
  /** A kind without a verifier is one that no caller has. A credential that was revoked at any replica opens nothing. */
  static readonly make = (
    { ApiKey = noCallers, Jwt = noCallers, SdkSignature = noCallers }: Partial<Verifiers>,
    { isRevoked, unknown }: Pick<Revocations["Service"], "isRevoked" | "unknown"> = nothingRevoked
  ): Authenticator["Service"] => {
    const verified = (presented: RequestCredential, now: DateTime.Utc): Effect.Effect<VerifiedCaller, ProxyError> => {
      switch (presented._tag) {
        case "ApiKey":
          return ApiKey(presented, now)
        case "Jwt":
          return Jwt(presented, now)
        case "SdkSignature":
          return SdkSignature(presented, now)
      }
    }
    return Authenticator.of({
      authenticate: (presented, now) =>
        Effect.flatMapEager(verified(presented, now), ({ caller, revocation_id }) => {
          if (isRevoked(revocation_id)) return Effect.fail(revoked)
          const refusal = unknown()
          return refusal === undefined ? Effect.succeed(caller) : Effect.fail(refusal)
        })
    })
  }

  /** One caller with one key and every right. */
  static readonly layerSingle = (key: Redacted.Redacted<string>): Layer.Layer<Authenticator> =>
    Layer.effect(
      Authenticator,
      Effect.map(ApiKey.hashOf(key), (hash) => {
        const callers = new Map([[hash, single]])
        return Authenticator.make({ ApiKey: ApiKey.verifier(callers) })
      })
    )
}

const noCallers = () => Effect.fail(unauthenticated)
const revoked = unauthenticatedBecause("the credential was revoked")
const nothingRevoked = { isRevoked: () => false, unknown: () => undefined }

const single: Caller = {
  id: "default",
  projects: "*",
  regions: "*",
  scopes: new Set(scopes),
  quota_class: "default",
  expires_at: undefined,
  addresses: "*"
}
