import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Loaded } from "../configuration/ConfigurationFile.ts"
import type { CredentialTurns } from "../upstream/CredentialTurns.ts"

/** A credential of a configuration. */
export interface ConfiguredCredential {
  readonly loaded: Loaded
  readonly name: string
}

/** Turns that replicas share, whose configurations are their own. */
export interface ReplicaTurns {
  /**
   * Has who gets a turn of this process take one of all replicas' too, and the
   * replicas hear what comes of it. Where they cannot, or a credential is none
   * that several have, the turns are those of the process.
   *
   * @param credentialOf what the turns know a credential by leads to it, and to a configuration that has it
   */
  readonly over: (
    inner: CredentialTurns,
    credentialOf: (id: string) => ConfiguredCredential | undefined
  ) => Effect.Effect<CredentialTurns, never, Scope.Scope>
}

/** Without replicas the turns of a process are all that there are. */
export const ReplicaTurns = Context.Reference<ReplicaTurns>("@cbr/proxy/ReplicaTurns", {
  defaultValue: () => ({ over: (inner) => Effect.succeed(inner) })
})
