import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { Loaded } from "../configuration/ConfigurationFile.ts"
import { addressRanges } from "./AddressRanges.ts"
import * as ApiKey from "./ApiKey.ts"
import * as CachedKeyMac from "./CachedKeyMac.node.ts"
import type { Caller } from "./Caller.ts"
import { Callers } from "./Callers.ts"
import * as Jwt from "./Jwt.ts"
import { Revocations } from "./Revocations.ts"
import * as SdkSignature from "./SdkSignature.ts"

/** The callers of a configuration, known by the keys in it and in its keys file, by signatures and by tokens. */
export const make = Effect.fnUntraced(function* ({ accessKeySecrets, configuration, keys }: Loaded) {
  const { isRevoked } = yield* Revocations
  const byHash = new Map<string, Caller>()
  const accessKeys = new Map<string, SdkSignature.IssuedAccessKey>()
  const bySubject = new Map(Object.keys(configuration.issuers).map((name) => [name, new Map<string, Caller>()]))
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
    const until = (expires_at: DateTime.Utc | undefined): Caller => ({
      ...caller,
      expires_at: earlier(caller.expires_at, expires_at)
    })
    for (const { expires_at, sha256 } of [...section.keys, ...keys.filter((key) => key.caller === id)]) {
      const hash = Redacted.value(sha256)
      // What another replica's operator has revoked is out of force here too, though this file may still have it.
      if (!isRevoked(hash)) byHash.set(hash, until(expires_at))
    }
    for (const { ak, expires_at } of section.access_keys) {
      const sk = accessKeySecrets.get(ak)
      if (sk !== undefined) accessKeys.set(ak, { sk, caller: until(expires_at) })
    }
    for (const { issuer, sub } of section.tokens) bySubject.get(issuer)?.set(sub, caller)
  }
  const issuers = Object.entries(configuration.issuers).map(([name, issuer]) => ({
    ...issuer,
    callers: bySubject.get(name) ?? new Map<string, Caller>()
  }))
  const region = configuration.signatures.derived_regions
  const signatures = { accessKeys, derived: region.length === 0 ? undefined : { region, service: "cbr" } }
  return Callers.make(
    {
      ApiKey: ApiKey.verifier(byHash),
      SdkSignature: yield* Effect.provide(SdkSignature.verifier(signatures), CachedKeyMac.layer),
      Jwt: Jwt.verifier(issuers)
    },
    {
      ApiKey: ApiKey.verifierNow(byHash),
      // Whether a signature was used before is not always known in this process.
      ...(configuration.signatures.replay === "allow" ? { SdkSignature: SdkSignature.verifierNow(signatures) } : {})
    }
  )
})

const setOf = (list: ReadonlyArray<string> | "*") => (list === "*" ? list : new Set(list))

const earlier = (a: DateTime.Utc | undefined, b: DateTime.Utc | undefined): DateTime.Utc | undefined =>
  a === undefined || b === undefined ? (a ?? b) : DateTime.min(a, b)
