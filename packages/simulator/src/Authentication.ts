import { hashes } from "@cbr/client/node"
import {
  Authorization,
  canonicalRequest,
  payloadHash,
  type SignableRequest,
  type SignatureRefused,
  verify
} from "@cbr/client/signing"
import { omitUndefined } from "@cbr/domain"
import * as Context from "effect/Context"
import * as Digest from "effect/crypto/Digest"
import * as Mac from "effect/crypto/Mac"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type { HttpServerError } from "effect/http/HttpServerError"
import type * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { AccessKeys } from "./AccessKeys.ts"
import { Account } from "./Account.ts"
import * as ServiceErrors from "./ServiceError.ts"
import type { ServiceError } from "./ServiceError.ts"
import { Tokens } from "./Tokens.ts"

/** The caller: the bearer of a token, which may be scoped to one project, or the holder of an access key. */
export interface Caller {
  readonly project_id?: string
  /** The access key that signed. */
  readonly ak?: string
}

/** The API gateway's check of a token or a signature, before a request reaches a service. */
export class Authentication extends Context.Service<
  Authentication,
  {
    readonly authenticate: (
      request: HttpServerRequest.HttpServerRequest
    ) => Effect.Effect<Caller, ServiceError | HttpServerError>
  }
>()("@cbr/simulator/Authentication") {
  static readonly layer = Layer.effect(
    Authentication,
    Effect.gen(function* () {
      const account = yield* Account
      const tokens = yield* Tokens
      const keys = yield* AccessKeys
      const crypto = yield* Effect.context<Mac.Mac | Digest.Digest>()

      const refusalOf = Effect.fnUntraced(function* (
        request: SignableRequest,
        refused: SignatureRefused,
        now: DateTime.Utc
      ) {
        switch (refused.reason) {
          case "MissingAuthorization":
            return ServiceErrors.tokenMissing
          case "UnknownAccessKey":
            return ServiceErrors.accessKeyUnknown(refused.ak ?? "")
          case "OutsideClockWindow":
            return ServiceErrors.signatureExpired(request.headers["x-sdk-date"] ?? "", DateTime.formatIso(now))
          case "PayloadMismatch":
          case "SignatureMismatch": {
            const authorization = request.headers["authorization"] ?? ""
            const parsed = Authorization.parse(authorization)
            return Result.isFailure(parsed)
              ? ServiceErrors.signatureUnreadable(refused.message)
              : ServiceErrors.signatureMismatch(
                  canonicalRequest(request, parsed.success.signedHeaders, yield* payloadHash(request)),
                  authorization
                )
          }
          default:
            return ServiceErrors.signatureUnreadable(refused.message)
        }
      })

      /** A temporary key passes only with its own token, and a permanent one only without any. */
      const hasItsSecurityToken = (request: SignableRequest, ak: string, now: DateTime.Utc): boolean => {
        const temporary = keys.find(ak)?.temporary
        const sent = request.headers["x-security-token"]
        if (temporary === undefined) return sent === undefined
        return sent === Redacted.value(temporary.security_token) && DateTime.isLessThan(now, temporary.expires_at)
      }

      const bySignature = Effect.fnUntraced(function* (request: SignableRequest) {
        const claimed = Authorization.parse(request.headers["authorization"] ?? "")
        if (Result.isSuccess(claimed) && (yield* keys.isLocked(claimed.success.ak)))
          return yield* ServiceErrors.accessKeyLocked
        const now = yield* DateTime.now
        const options = { secretKeyOf: (ak: string) => keys.find(ak)?.sk, now, region: account.region, service: "cbr" }
        const { ak } = yield* verify(request, options, hashes).pipe(
          Effect.tapError(({ ak }) => (ak === undefined ? Effect.void : keys.authenticationFailed(ak))),
          Effect.catchTag("SignatureRefused", (refused) =>
            Effect.flatMap(refusalOf(request, refused, now), Effect.fail)
          )
        )
        if (!hasItsSecurityToken(request, ak, now)) {
          yield* keys.authenticationFailed(ak)
          return yield* ServiceErrors.securityTokenRefused(ak)
        }
        yield* keys.authenticationSucceeded(ak)
        return { ak }
      })

      return Authentication.of({
        authenticate: Effect.fn("Authentication.authenticate")(function* (request) {
          const token = request.headers["x-auth-token"]
          if (token === undefined) return yield* Effect.provideContext(bySignature(yield* signable(request)), crypto)
          const { project } = yield* tokens.grantOf(token)
          return omitUndefined({ project_id: project?.id })
        })
      })
    })
  )
}

/** The request as a signature covers it: target and headers as received, and the whole body. */
const signable = (request: HttpServerRequest.HttpServerRequest): Effect.Effect<SignableRequest, HttpServerError> =>
  Effect.map(request.arrayBuffer, (body) => {
    const query = request.url.indexOf("?")
    return {
      method: request.method,
      path: query < 0 ? request.url : request.url.slice(0, query),
      query: query < 0 ? "" : request.url.slice(query + 1),
      headers: request.headers,
      body: new Uint8Array(body)
    }
  })
