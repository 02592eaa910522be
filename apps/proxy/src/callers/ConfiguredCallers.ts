import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { Loaded } from "../configuration/ConfigurationFile.ts"
import { addressRanges } from "./AddressRanges.ts"
import * as ApiKey from "./ApiKey.ts"
import type { Caller } from "./Caller.ts"
import { Callers } from "./Callers.ts"

/** The callers of a configuration, known by the keys in it and in its keys file. */
export const make = Effect.fnUntraced(function* ({ configuration, keys }: Loaded) {
  const byHash = new Map<string, Caller>()
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
    const own = [...section.keys, ...keys.filter((key) => key.caller === id)]
    for (const { expires_at, sha256 } of own) {
      byHash.set(Redacted.value(sha256), { ...caller, expires_at: earlier(caller.expires_at, expires_at) })
    }
  }
  return Callers.make({ ApiKey: yield* ApiKey.verifier(byHash) })
})

const setOf = (list: ReadonlyArray<string> | "*") => (list === "*" ? list : new Set(list))

const earlier = (a: DateTime.Utc | undefined, b: DateTime.Utc | undefined): DateTime.Utc | undefined =>
  a === undefined || b === undefined ? (a ?? b) : DateTime.min(a, b)
