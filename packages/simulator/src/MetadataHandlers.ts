import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Base64Url from "effect/encoding/Base64Url"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Redacted from "effect/Redacted"
import { AccessKeys } from "./AccessKeys.ts"
import { Account } from "./Account.ts"
import { temporaryKey } from "./SecurityTokenHandlers.ts"
import * as ServiceErrors from "./ServiceError.ts"

/**
 * The routes that a server and a pod call inside the cloud: the metadata's
 * `PUT /meta-data/latest/api/token` and `GET /openstack/latest/securitykey`,
 * and pod identity's `POST /v1/credentials`. Keys last six hours.
 */
export const MetadataHandlers = HttpRouter.use(
  Effect.fnUntraced(function* (router) {
    const account = yield* Account
    const keys = yield* AccessKeys
    const random = yield* SecureRandom.SecureRandom
    const issued = new Set<string>()
    const key = Effect.map(keys.issueTemporary(Duration.hours(6)), (issued) => temporaryKey(issued, 200))

    yield* router.add(
      "PUT",
      "/meta-data/latest/api/token",
      Effect.gen(function* () {
        const token = Base64Url.encode(yield* random.randomBytes(32))
        issued.add(token)
        return HttpServerResponse.text(token)
      })
    )
    yield* router.add(
      "GET",
      "/openstack/latest/securitykey",
      Effect.gen(function* () {
        const { headers } = yield* HttpServerRequest.HttpServerRequest
        const token = headers["x-metadata-token"]
        // Without one it is the first version of the protocol, which is still served.
        return token === undefined || issued.has(token) ? yield* key : yield* ServiceErrors.metadataTokenUnknown
      })
    )
    yield* router.add(
      "POST",
      "/v1/credentials",
      Effect.gen(function* () {
        const { headers } = yield* HttpServerRequest.HttpServerRequest
        return headers["authorization"] === Redacted.value(account.pod.token)
          ? yield* key
          : yield* ServiceErrors.iamUnauthorized
      })
    )
  })
)
