import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as Result from "effect/Result"
import { Callers } from "../callers/Callers.ts"
import type { Configuration } from "../configuration/Configuration.ts"
import type { Loaded } from "../configuration/ConfigurationFile.ts"
import * as ConfigurationText from "../configuration/ConfigurationText.ts"
import { certificateOf, type TlsIdentity } from "../http/Tls.ts"
import { certificateEnd } from "../observability/Metrics.ts"
import { makeTurnKeeper } from "../upstream/CredentialTurns.ts"
import * as HeldCredential from "../upstream/HeldCredential.ts"
import { Registry } from "../upstream/Registry.ts"
import { Upstreams } from "../upstream/Upstreams.ts"
import * as ConfiguredCallers from "./ConfiguredCallers.ts"
import * as ConfiguredUpstreams from "./ConfiguredUpstreams.ts"
import { credentialId } from "./CredentialId.ts"
import { type ConfiguredCredential, ReplicaTurns } from "./ReplicaTurns.ts"
import { requestRules } from "./RequestRules.ts"

/** All that follows from one reading of the configuration; made whole, and replaced whole. */
export interface Generation {
  readonly configuration: Configuration
  /** What the server shows of itself, where it speaks TLS. */
  readonly tls?: TlsIdentity | undefined
  /** How each request is answered. */
  readonly rules: Context.Context<never>
  readonly callers: Callers["Service"]
  readonly upstreams: Upstreams["Service"]
  /** What the proxy shows the cloud. */
  readonly credentials: ReadonlyArray<HeldCredential.HeldCredential>
}

/** What a configuration file says. Its clients live as long as the scope. */
export const fromLoaded = Effect.fn("Generation.fromLoaded")(function* (loaded: Loaded) {
  const { configuration, tls, warnings } = loaded
  for (const { message, setting } of warnings) yield* Effect.logWarning(`${setting}: ${message}`)
  if (tls !== undefined) yield* Metric.update(certificateEnd, Date.parse(certificateOf(tls).validTo) / 1000)
  const registry = yield* Registry
  const { credentialOf, turns } = yield* registry.get("turns", turnsOfProcess)
  const held = new Map<string, HeldCredential.HeldCredential>()
  for (const name of Object.keys(configuration.credentials)) {
    const id = credentialId(loaded, name)
    credentialOf.set(id, { loaded, name })
    yield* Effect.addFinalizer(() =>
      Effect.sync(() => {
        if (credentialOf.get(id)?.loaded === loaded) credentialOf.delete(id)
      })
    )
    const make = Effect.sync(() => HeldCredential.make(name, turns, id))
    held.set(name, yield* registry.get(`held ${id}`, make))
  }
  return {
    configuration,
    tls,
    rules: requestRules(configuration),
    callers: yield* ConfiguredCallers.make(loaded),
    upstreams: yield* ConfiguredUpstreams.make(loaded, held),
    credentials: [...held.values()]
  } satisfies Generation
})

/** Turns with the credentials of this process, whichever configuration has them. */
const turnsOfProcess = Effect.gen(function* () {
  const { over } = yield* ReplicaTurns
  const credentialOf = new Map<string, ConfiguredCredential>()
  return {
    credentialOf,
    turns: yield* over(makeTurnKeeper().of("this process"), (id) => credentialOf.get(id))
  }
})

/** The configuration where there is no file: every default, and nobody in it. */
export const defaultConfiguration: Configuration = Result.getOrThrow(
  ConfigurationText.read("{callers: {}, credentials: {}, projects: {}}")
).configuration

/** Without a file: whoever the callers are, and one upstream for whatever project they ask for, under these rules. */
export const withoutFileUnder = Effect.fnUntraced(function* (configuration: Configuration) {
  return {
    configuration,
    rules: requestRules(configuration),
    callers: yield* Callers,
    upstreams: yield* Upstreams,
    credentials: []
  } satisfies Generation
})

/** The same under the default rules. */
export const withoutFile = withoutFileUnder(defaultConfiguration)
