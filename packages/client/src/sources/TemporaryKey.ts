import { TimestampFromString } from "@cbr/domain"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Service } from "../errors/FailureDetails.ts"
import type { MalformedResponse } from "../errors/ShowBackupError.ts"
import { answerWithout, type HttpResponse } from "../http/httpCall.ts"
import type { ExpiringCredential } from "./CredentialRefresh.ts"

const Secret = Schema.RedactedFromValue(Schema.NonEmptyString)

/** A key in the form of IAM and of a server's metadata. */
const Plain = Schema.Struct({
  access: Schema.NonEmptyString,
  secret: Secret,
  securitytoken: Secret,
  expires_at: TimestampFromString
})

/** A key in the form of some versions of pod identity. */
const Camel = Schema.Struct({
  accessKeyId: Schema.NonEmptyString,
  secretAccessKey: Secret,
  securityToken: Secret,
  expiration: TimestampFromString
})

const Key = Schema.Union([Plain, Camel])

const decode = Schema.decodeUnknownEffect(
  Schema.fromJsonString(Schema.Union([Schema.Struct({ credential: Key }), Schema.Struct({ credentials: Key })]))
)

/**
 * Reads a temporary key: AK, SK, security token and their common end.
 *
 * @param service that answered, for the message
 */
export const read = (answer: HttpResponse, service: Service): Effect.Effect<ExpiringCredential, MalformedResponse> =>
  Effect.mapBoth(decode(answer.text), {
    onSuccess: (body): ExpiringCredential => {
      const key = "credential" in body ? body.credential : body.credentials
      const [accessKey, end] =
        "access" in key
          ? [{ ak: key.access, sk: key.secret, security_token: key.securitytoken }, key.expires_at]
          : [{ ak: key.accessKeyId, sk: key.secretAccessKey, security_token: key.securityToken }, key.expiration]
      return { credential: { _tag: "AccessKey", accessKey }, expires_at: end.utc }
    },
    // The decoder's own message would be safe; it would also be about a schema that no reader knows.
    onFailure: () => answerWithout(answer, { code: "answer-without-key", service })
  })

/** The path of IAM for temporary keys. */
export const path = "/v3.0/OS-CREDENTIAL/securitytokens"

/** Time before its end at which a temporary key is renewed, as in the SDKs. */
export const renewedAhead = Duration.minutes(40)

/** The requested life of a temporary key, in seconds: 6 h, as in the SDKs. */
export const duration_seconds = 21_600
