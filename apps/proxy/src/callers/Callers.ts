import * as Context from "effect/Context"
import type * as Digest from "effect/crypto/Digest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import type { Refusal } from "../edge/Refusal.ts"
import * as ApiKey from "./ApiKey.ts"
import type { Caller } from "./Caller.ts"
import { type PresentedCredential, unauthenticated } from "./PresentedCredential.ts"

/** For each kind of credential, what tells whose it is. */
export type Verifiers = {
  readonly [Kind in PresentedCredential["_tag"]]: (
    presented: Extract<PresentedCredential, { _tag: Kind }>
  ) => Effect.Effect<Caller, Refusal>
}

/** Those whom the proxy knows. */
export class Callers extends Context.Service<
  Callers,
  {
    /** The caller whose credential it is. Fails with one refusal for a wrong credential of any kind. */
    readonly authenticate: (presented: PresentedCredential) => Effect.Effect<Caller, Refusal>
  }
>()("@cbr/proxy/Callers") {
  /** A kind without a verifier is one that nobody has been given. */
  static readonly make = (verifiers: Partial<Verifiers>): Callers["Service"] => {
    const { ApiKey = nobodys, Jwt = nobodys, SdkSignature = nobodys } = verifiers
    return Callers.of({
      authenticate: (presented) => {
        switch (presented._tag) {
          case "ApiKey":
            return ApiKey(presented)
          case "Jwt":
            return Jwt(presented)
          case "SdkSignature":
            return SdkSignature(presented)
        }
      }
    })
  }

  /** One caller with one key, who may read everything. */
  static readonly layerSingle = (key: Redacted.Redacted<string>): Layer.Layer<Callers, never, Digest.Digest> =>
    Layer.effect(
      Callers,
      Effect.gen(function* () {
        const callers = new Map([[yield* ApiKey.hashOf(key), single]])
        return Callers.make({ ApiKey: yield* ApiKey.verifier(callers) })
      })
    )
}

const nobodys = () => Effect.fail(unauthenticated)

const single: Caller = {
  id: "default",
  projects: "*",
  regions: "*",
  scopes: new Set(["read", "watch", "batch", "bypass", "purge"]),
  quota_class: "default",
  expires_at: undefined,
  addresses: "*"
}
