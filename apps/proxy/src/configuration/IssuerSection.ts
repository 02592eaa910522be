import * as Schema from "effect/Schema"
import { jwtAlgorithms } from "../callers/Jwt.ts"
import { defaulted } from "../policy/Defaulted.ts"

/** Plain HTTP is for an issuer on this machine: an attacker that changes the keys on the way issues tokens. */
const jwksUrl = /^(?:https:\/\/[^\s/@?#]+|http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?)\/[^\s#]*$/u

/** An issuer of JWTs that callers may show. */
export const IssuerSection = Schema.Struct({
  issuer: Schema.NonEmptyString.annotate({ description: "The `iss` of its tokens, to the letter" }),
  audience: Schema.NonEmptyString.annotate({ description: "The `aud` that its tokens for this proxy have" }),
  jwks_url: Schema.String.check(
    Schema.isPattern(jwksUrl, { message: "expected an https address, such as https://issuer.example/jwks.json" })
  ).annotate({ description: "Address of its public keys; the proxy asks no other address" }),
  algorithms: defaulted(
    Schema.Array(Schema.Literals(jwtAlgorithms)).annotate({
      description: "Algorithms by which its tokens may be signed"
    }),
    ["RS256", "ES256", "EdDSA"]
  )
})
