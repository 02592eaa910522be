import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { Loaded } from "../configuration/ConfigurationFile.ts"
import { addressRanges } from "./AddressRanges.ts"
import * as ApiKey from "./ApiKey.ts"
import type { Caller } from "./Caller.ts"
import { Callers } from "./Callers.ts"
import * as Jwt from "./Jwt.ts"
import * as SdkSignature from "./SdkSignature.ts"

/** The callers of a configuration, known by keys, by signatures of issued key pairs, and by tokens. */
export const make = Effect.fnUntraced(function* ({ configuration, issued, keys }: Loaded) {
  const byHash = new Map<string, Caller>()
  const accessKeys = new Map<string, SdkSignature.IssuedAccessKey>()
  const issuers = new Map(
    Object.entries(configuration.issuers ?? {}).map(([name, issuer]) => [
      name,
      { ...issuer, callers: new Map<string, Caller>() }
    ])
  )
  for (const [id, section] of Object.entries(configuration.callers)) {
    const caller: Caller = {
      id,
      projects: setOf(section.projects),
      regions: setOf(section.regions),
      scopes: new Set(section.scopes),
      quota_class: section.class,
      expires_at: section.expires_at,
      addresses: section.addresses === undefined ? "*" : addressRanges(section.addresses)
    }
    for (const { expires_at, sha256 } of [...section.keys, ...keys.filter((key) => key.caller === id)]) {
      byHash.set(Redacted.value(sha256), { ...caller, expires_at: earlier(caller.expires_at, expires_at) })
    }
    for (const { ak } of section.access_keys) accessKeys.set(ak, { sk: issued.get(ak)!, caller })
    for (const { issuer, subject } of section.tokens) issuers.get(issuer)?.callers.set(subject, caller)
  }
  return Callers.make({
    ApiKey: yield* ApiKey.verifier(byHash),
    Jwt: Jwt.verifier([...issuers.values()]),
    SdkSignature: yield* SdkSignature.verifier({ accessKeys })
  })
})

const setOf = (list: ReadonlyArray<string> | "*") => (list === "*" ? list : new Set(list))

const earlier = (a: DateTime.Utc | undefined, b: DateTime.Utc | undefined): DateTime.Utc | undefined =>
  a === undefined || b === undefined ? (a ?? b) : DateTime.min(a, b)
