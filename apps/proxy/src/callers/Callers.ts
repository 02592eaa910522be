import * as Context from "effect/Context"
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import type { Refusal } from "../problems/Refusal.ts"
import type { Caller, Known } from "../rights/Caller.ts"
import * as ApiKey from "./ApiKey.ts"
import { type PresentedCredential, unauthenticated, unauthenticatedBecause } from "./PresentedCredential.ts"
import type { Revocations } from "./Revocations.ts"

/** For each kind of credential, what tells whose it is. */
export type Verifiers = {
  readonly [Kind in PresentedCredential["_tag"]]: (
    presented: Extract<PresentedCredential, { _tag: Kind }>
  ) => Effect.Effect<Known, Refusal>
}

/** For some kinds, the same without waiting; `undefined` when that cannot be told so, or when it is nobody's. */
export type VerifiersNow = {
  readonly [Kind in PresentedCredential["_tag"]]?: (
    presented: Extract<PresentedCredential, { _tag: Kind }>,
    now: DateTime.Utc
  ) => Known | undefined
}

/** Those whom the proxy knows. */
export class Callers extends Context.Service<
  Callers,
  {
    /** The caller whose credential it is. Fails with one refusal for a wrong credential of any kind. */
    readonly authenticate: (presented: PresentedCredential) => Effect.Effect<Caller, Refusal>
    /**
     * The same without waiting for anything. `undefined` when that cannot be
     * told, or when it is nobody's: then `authenticate` has the answer.
     */
    readonly authenticateNow: (presented: PresentedCredential, now: DateTime.Utc) => Caller | undefined
  }
>()("@cbr/proxy/Callers") {
  /** A kind without a verifier is one that nobody has been given. What was revoked anywhere opens nothing. */
  static readonly make = (
    verifiers: Partial<Verifiers>,
    now: VerifiersNow = {},
    { isRevoked, unknown }: Pick<Revocations, "isRevoked" | "unknown"> = nothingRevoked
  ): Callers["Service"] => {
    const { ApiKey = nobodys, Jwt = nobodys, SdkSignature = nobodys } = verifiers
    const verified = (presented: PresentedCredential): Effect.Effect<Known, Refusal> => {
      switch (presented._tag) {
        case "ApiKey":
          return ApiKey(presented)
        case "Jwt":
          return Jwt(presented)
        case "SdkSignature":
          return SdkSignature(presented)
      }
    }
    const verifiedNow = (presented: PresentedCredential, at: DateTime.Utc): Known | undefined => {
      switch (presented._tag) {
        case "ApiKey":
          return now.ApiKey?.(presented, at)
        case "Jwt":
          return now.Jwt?.(presented, at)
        case "SdkSignature":
          return now.SdkSignature?.(presented, at)
      }
    }
    return Callers.of({
      authenticate: (presented) =>
        Effect.flatMap(verified(presented), ({ caller, revocation_id }) => {
          if (isRevoked(revocation_id)) return Effect.fail(revoked)
          const refusal = unknown()
          return refusal === undefined ? Effect.succeed(caller) : Effect.fail(refusal)
        }),
      authenticateNow: (presented, at) => {
        const known = verifiedNow(presented, at)
        return known === undefined || isRevoked(known.revocation_id) || unknown() !== undefined
          ? undefined
          : known.caller
      }
    })
  }

  /** One caller with one key, who may read everything. */
  static readonly layerSingle = (key: Redacted.Redacted<string>): Layer.Layer<Callers> =>
    Layer.effect(
      Callers,
      Effect.map(ApiKey.hashOf(key), (hash) => {
        const callers = new Map([[hash, single]])
        return Callers.make({ ApiKey: ApiKey.verifier(callers) }, { ApiKey: ApiKey.verifierNow(callers) })
      })
    )
}

const nobodys = () => Effect.fail(unauthenticated)
const revoked = unauthenticatedBecause("the credential was revoked")
const nothingRevoked = { isRevoked: () => false, unknown: () => undefined }

const single: Caller = {
  id: "default",
  projects: "*",
  regions: "*",
  scopes: new Set(["read", "watch", "batch", "bypass", "purge"]),
  quota_class: "default",
  expires_at: undefined,
  addresses: "*"
}
