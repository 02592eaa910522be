import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { AccessKeys, type IssuedKey } from "./AccessKeys.ts"
import { Account } from "./Account.ts"
import { Authentication } from "./Authentication.ts"
import * as ServiceErrors from "./ServiceError.ts"
import { Tokens } from "./Tokens.ts"

/**
 * IAM's routes for temporary keys: `POST /v3.0/OS-CREDENTIAL/securitytokens`
 * (for an agency, asked for with a signature or a token; or for a token), and
 * `POST /v3.0/OS-AUTH/id-token/tokens` (a federated id token for a token).
 */
export const SecurityTokenHandlers = HttpRouter.use(
  Effect.fnUntraced(function* (router) {
    const account = yield* Account
    const authentication = yield* Authentication
    const keys = yield* AccessKeys
    const tokens = yield* Tokens

    yield* router.add(
      "POST",
      "/v3.0/OS-CREDENTIAL/securitytokens",
      Effect.gen(function* () {
        const request = yield* HttpServerRequest.HttpServerRequest
        const { identity } = (yield* decodeGrant(yield* request.text).pipe(
          Effect.catchTag("SchemaError", () =>
            Effect.fail(ServiceErrors.iamMalformed("The identity is not supported."))
          )
        )).auth
        if ("token" in identity) {
          yield* tokens.grantOf(identity.token.id ?? request.headers["x-auth-token"] ?? "")
          return temporaryKey(yield* keys.issueTemporary(lifetime(identity.token.duration_seconds)))
        }
        yield* authentication.authenticate(request)
        const { agency_name, domain_name, duration_seconds } = identity.assume_role
        if (agency_name !== account.agency.name || domain_name !== account.agency.domain) {
          return yield* ServiceErrors.iamAgencyUnknown
        }
        return temporaryKey(yield* keys.issueTemporary(lifetime(duration_seconds)))
      })
    )

    yield* router.add(
      "POST",
      "/v3.0/OS-AUTH/id-token/tokens",
      Effect.gen(function* () {
        const request = yield* HttpServerRequest.HttpServerRequest
        const { auth } = yield* decodeIdToken(yield* request.text).pipe(
          Effect.catchTag("SchemaError", () =>
            Effect.fail(ServiceErrors.iamMalformed("The request body is not an id token."))
          )
        )
        const isRight =
          request.headers["x-idp-id"] === account.federation.idp_id &&
          auth.id_token.id === Redacted.value(account.federation.id_token)
        if (!isRight) return yield* ServiceErrors.iamUnauthorized
        const { expires_at, issued_at, token } = yield* tokens.issue()
        return HttpServerResponse.jsonUnsafe(
          {
            token: {
              expires_at: DateTime.formatIso(expires_at),
              issued_at: DateTime.formatIso(issued_at),
              methods: ["mapped"]
            }
          },
          { status: 201, headers: { "x-subject-token": Redacted.value(token) } }
        )
      })
    )
  })
)

const Seconds = Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 900, maximum: 86_400 })))

const decodeGrant = Schema.decodeUnknownEffect(
  Schema.fromJsonString(
    Schema.Struct({
      auth: Schema.Struct({
        identity: Schema.Union([
          Schema.Struct({
            methods: Schema.Tuple([Schema.Literal("token")]),
            token: Schema.Struct({ id: Schema.optionalKey(Schema.String), duration_seconds: Seconds })
          }),
          Schema.Struct({
            methods: Schema.Tuple([Schema.Literal("assume_role")]),
            assume_role: Schema.Struct({
              agency_name: Schema.String,
              domain_name: Schema.String,
              duration_seconds: Seconds
            })
          })
        ])
      })
    })
  )
)

const decodeIdToken = Schema.decodeUnknownEffect(
  Schema.fromJsonString(Schema.Struct({ auth: Schema.Struct({ id_token: Schema.Struct({ id: Schema.String }) }) }))
)

/** Fifteen minutes, unless another time is asked for. */
const lifetime = (seconds = 900): Duration.Duration => Duration.seconds(seconds)

/** A temporary key in the words that IAM and a server's metadata share. */
export const temporaryKey = ({ ak, sk, temporary }: Required<IssuedKey>, status = 201) =>
  HttpServerResponse.jsonUnsafe(
    {
      credential: {
        access: ak,
        secret: Redacted.value(sk),
        securitytoken: Redacted.value(temporary.security_token),
        expires_at: DateTime.formatIso(temporary.expires_at).replace(/Z$/, "000Z")
      }
    },
    { status }
  )
