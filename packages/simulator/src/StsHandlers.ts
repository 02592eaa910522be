import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { AccessKeys } from "./AccessKeys.ts"
import { Account } from "./Account.ts"
import { Authentication } from "./Authentication.ts"
import * as ServiceErrors from "./ServiceError.ts"

/** STS's route, at IAM's address: `GET /v5/caller-identity`, which says whose an access key is. */
export const StsHandlers = HttpRouter.use(
  Effect.fnUntraced(function* (router) {
    const { agency, domain, user } = yield* Account
    const authentication = yield* Authentication
    const keys = yield* AccessKeys

    yield* router.add(
      "GET",
      "/v5/caller-identity",
      Effect.gen(function* () {
        const { ak } = yield* authentication.authenticate(yield* HttpServerRequest.HttpServerRequest)
        // It knows keys alone.
        if (ak === undefined) return yield* ServiceErrors.tokenMissing
        const isAssumed = keys.find(ak)?.temporary !== undefined
        return HttpServerResponse.jsonUnsafe({
          account_id: domain.id,
          principal_urn: isAssumed
            ? `sts::${domain.id}:assumed-agency:${agency.name}/${user.name}`
            : `iam::${domain.id}:user:${user.name}`,
          principal_id: isAssumed ? `${agency.name}:${user.name}` : user.id
        })
      })
    )
  })
)
