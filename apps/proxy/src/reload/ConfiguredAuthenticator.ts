import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Redacted from "effect/Redacted"
import * as ApiKey from "../callers/ApiKey.ts"
import { Authenticator } from "../callers/Authenticator.ts"
import * as Jwt from "../callers/Jwt.ts"
import { revocationId, Revocations } from "../callers/Revocations.ts"
import * as SdkSignature from "../callers/SdkSignature.ts"
import type { Loaded } from "../configuration/ConfigurationFile.ts"
import { ipRanges } from "../net/IpRanges.ts"
import type { Caller } from "../rights/Caller.ts"
import { KeyedResources } from "../upstream/KeyedResources.ts"
import { KeyRing } from "./KeyRing.ts"

/**
 * The callers of a configuration, known by the keys in it and in its keys file,
 * by signatures and by tokens. Which keys the file has, and which credentials
 * were revoked anywhere, is looked up each time: this configuration may have
 * been read before either changed.
 */
export const make = Effect.fnUntraced(function* ({ accessKeySecrets, configuration, keys }: Loaded) {
  const revocations = yield* Revocations
  const ring = yield* KeyRing
  const byHash = new Map<string, Caller>()
  const byId = new Map<string, Caller>()
  const accessKeys = new Map<string, SdkSignature.IssuedAccessKey>()
  const bySubject = new Map(Object.keys(configuration.issuers).map((name) => [name, new Map<string, Caller>()]))
  const until = (caller: Caller, expires_at: DateTime.Utc | undefined): Caller => ({
    ...caller,
    expires_at: earlier(caller.expires_at, expires_at)
  })
  for (const [id, section] of Object.entries(configuration.callers)) {
    const caller: Caller = {
      id,
      projects: setOf(section.projects),
      regions: setOf(section.regions),
      scopes: new Set(section.scopes),
      quota_class: section.class,
      expires_at: section.expires_at,
      addresses: section.addresses === undefined ? "*" : ipRanges(section.addresses)
    }
    byId.set(id, caller)
    for (const { expires_at, sha256 } of section.keys) byHash.set(Redacted.value(sha256), until(caller, expires_at))
    for (const { ak, expires_at } of section.access_keys) {
      const sk = accessKeySecrets.get(ak)
      if (sk === undefined) continue
      accessKeys.set(ak, { sk, caller: until(caller, expires_at), revocation_id: revocationId.ofAccessKey(ak) })
    }
    for (const { issuer, sub } of section.tokens) bySubject.get(issuer)?.set(sub, caller)
  }

  let filed = new Map<string, Caller>()
  let filedFrom: typeof keys | undefined
  /** By the hashes in the file of keys as it is now. */
  const inFile = (): ReadonlyMap<string, Caller> => {
    const records = ring.records() ?? keys
    if (records === filedFrom) return filed
    filedFrom = records
    filed = new Map()
    for (const { caller: id, expires_at, sha256 } of records) {
      const caller = byId.get(id)
      if (caller !== undefined) filed.set(Redacted.value(sha256), until(caller, expires_at))
    }
    return filed
  }

  const registry = yield* KeyedResources
  const http = yield* HttpClient.HttpClient
  const issuers: Array<Jwt.JwtIssuer> = []
  for (const [name, issuer] of Object.entries(configuration.issuers)) {
    const keys = yield* registry.get(
      `jwks ${issuer.jwks_url}`,
      Effect.sync(() => Jwt.keysOf(http, issuer.jwks_url))
    )
    issuers.push({ ...issuer, keys, callers: bySubject.get(name) ?? new Map<string, Caller>() })
  }
  const region = configuration.signatures.derived_regions
  const signatures = { accessKeys, derived: region.length === 0 ? undefined : { region, service: "cbr" } }
  const byKey = { get: (hash: string) => byHash.get(hash) ?? inFile().get(hash) }
  return Authenticator.make(
    { ApiKey: ApiKey.verifier(byKey), SdkSignature: SdkSignature.verifier(signatures), Jwt: Jwt.verifier(issuers) },
    revocations
  )
})

const setOf = (list: ReadonlyArray<string> | "*") => (list === "*" ? list : new Set(list))

const earlier = (a: DateTime.Utc | undefined, b: DateTime.Utc | undefined): DateTime.Utc | undefined =>
  a === undefined || b === undefined ? (a ?? b) : DateTime.min(a, b)
