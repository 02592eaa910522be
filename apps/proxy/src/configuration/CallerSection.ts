import * as Schema from "effect/Schema"
import { jwtAlgorithms } from "../callers/Jwt.ts"
import { isAddressRange } from "../net/IpRanges.ts"
import { address, defaulted, matching, section, text } from "../policy/SettingSchema.ts"
import { scopes } from "../rights/Caller.ts"
import { RegionId } from "./ProjectSection.ts"
import { Rfc3339 } from "./Rfc3339.ts"
import { givesOnce, secretFields } from "./SecretReference.ts"

/** From this moment on the caller, or its credential, is refused. */
const expires_at = Schema.optionalKey(Rfc3339)

/** A key, known by its hash. */
const KeyHash = Schema.Struct({
  sha256: Schema.RedactedFromValue(
    matching(/^[0-9a-f]{64}$/u, "expected a SHA-256 in 64 lower-case hex digits").annotate({
      description: "SHA-256 of the key, in hex; `cbr-proxy keys create` makes both"
    })
  ),
  id: Schema.optionalKey(text("Name of the key, to tell it from the caller's others")),
  expires_at
})

/** A key pair for callers that sign, as the official SDKs do. */
const IssuedAccessKeySection = Schema.Struct({
  ak: matching(/^[A-Za-z0-9_-]{8,64}$/u, "expected 8 to 64 letters, digits, _ or -").annotate({
    description: "Access key id"
  }),
  ...secretFields("sk", "the secret access key, of 32 characters or more"),
  expires_at
}).check(givesOnce("sk"))

/** A subject of a trusted issuer's tokens. */
const Subject = Schema.Struct({
  issuer: Schema.String.annotate({ description: "Name under `issuers`" }),
  sub: text("The `sub` of the caller's tokens")
})

const everything = Schema.Literal("*")

const AddressRange = Schema.String.check(
  Schema.makeFilter((text: string) =>
    isAddressRange(text) ? undefined : "expected an address or a range such as 10.0.0.0/8"
  )
)

/** A caller: how to know it, and what it may. */
export const CallerSection = Schema.Struct({
  keys: defaulted(
    Schema.Array(KeyHash).annotate({ description: "Keys of the caller; two while one replaces the other" }),
    []
  ),
  access_keys: defaulted(
    Schema.Array(IssuedAccessKeySection).annotate({
      description: "Key pairs that the proxy issues to the caller, for requests signed by SDK-HMAC-SHA256"
    }),
    []
  ),
  tokens: defaulted(Schema.Array(Subject).annotate({ description: "The subjects whose JWTs are the caller's" }), []),
  projects: Schema.Union([everything, Schema.Array(Schema.String)]).annotate({
    message: 'expected a list of project ids, or "*"',
    description: 'Projects that the caller may ask for: ids of `projects`, or "*"'
  }),
  regions: defaulted(
    Schema.Union([everything, Schema.Array(Schema.String)]).annotate({
      message: 'expected a list of region ids, or "*"',
      description: "Regions that the projects must lie in"
    }),
    "*"
  ),
  scopes: defaulted(
    Schema.Array(Schema.Literals(scopes)).annotate({
      description:
        "What the caller may do in these projects: `read` a backup, `list` them, `watch` one (with `list`, all of a project), read many by `batch` (with `read`), `bypass` or `purge` the cache"
    }),
    ["read"]
  ),
  class: defaulted(text("Quota class: a name of `quotas.classes`"), "default"),
  expires_at,
  addresses: Schema.optionalKey(
    Schema.Array(AddressRange).annotate({
      description: "Addresses and ranges that the caller may call from; any by default"
    })
  )
})

/** Plain HTTP is for an issuer on this machine: an attacker that changes the keys on the way issues tokens. */
const jwksUrl = /^(?:https:\/\/[^\s/@?#]+|http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?)\/[^\s#]*$/u

/** An issuer of JWTs that callers may show. */
export const IssuerSection = Schema.Struct({
  issuer: text("The `iss` of its tokens, to the letter"),
  audience: text("The `aud` that its tokens for this proxy have"),
  jwks_url: address(jwksUrl, "expected an https address, such as https://issuer.example/jwks.json").annotate({
    description: "Address of its public keys; the proxy asks no other address"
  }),
  algorithms: defaulted(
    Schema.Array(Schema.Literals(jwtAlgorithms)).annotate({
      description: "Algorithms by which its tokens may be signed"
    }),
    ["RS256", "ES256", "EdDSA"]
  )
})

/** The signatures that callers may send, beside SDK-HMAC-SHA256. */
export const SignaturesSection = section(
  {
    derived_regions: defaulted(
      Schema.Array(RegionId).annotate({
        description:
          "Regions for which callers may sign by V11-HMAC-SHA256 too, with the service `cbr`. Official SDKs with derived signing do so if the endpoint's name is not the cloud's"
      }),
      []
    ),
    replay: defaulted(
      Schema.Literals(["allow", "refuse"]).annotate({
        description:
          "Whether a caller may send the signature of a read again during the 15 minutes in which it is valid; that of a write never"
      }),
      "allow"
    )
  },
  "Signatures of callers"
)
