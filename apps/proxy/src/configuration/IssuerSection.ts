import * as Schema from "effect/Schema"
import { jwtAlgorithms } from "../callers/Jwt.ts"

/** An issuer of tokens that the proxy believes. */
export const IssuerSection = Schema.Struct({
  issuer: Schema.NonEmptyString.annotate({ description: "What `iss` has to be, to the letter" }),
  audience: Schema.NonEmptyString.annotate({ description: "What `aud` has to be or to contain" }),
  algorithms: Schema.Array(Schema.Literals(jwtAlgorithms))
    .check(Schema.isMinLength(1, { message: "expected at least one algorithm" }))
    .annotate({ description: "Algorithms by which its tokens may be signed" }),
  jwks_url: Schema.String.check(
    Schema.isPattern(/^https:\/\/[^\s@]+$|^http:\/\/(?:127\.0\.0\.1|\[::1\]|localhost)[:/][^\s@]*$/, {
      message: "expected an https address"
    })
  ).annotate({ description: "Where its public keys are; the only address that is asked" })
})
