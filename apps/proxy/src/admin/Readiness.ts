import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as Metrics from "../observability/Metrics.ts"
import { Lifecycle, type Phase } from "../process/Lifecycle.ts"
import { ActiveConfiguration } from "../reload/ActiveConfiguration.ts"
import { Store } from "../store/Store.ts"

/** Whether to send requests here, and what a person should know beside. */
export interface Readiness {
  readonly ready: boolean
  readonly phase: Phase
  /**
   * By name: `usable` once the cloud has accepted the credential, `untried` before a call has shown it, or until when
   * the credential is not used because the cloud refused it.
   */
  readonly credentials: Readonly<Record<string, string>>
  /** Parts of the shared store that do not work; absent while all do. */
  readonly degraded?: ReadonlyArray<string>
}

/**
 * Ready from when configuration and credentials are loaded until draining
 * begins. A refused credential and an ill cloud show, but change nothing: all
 * replicas have the same, and taking every one away would help no caller.
 */
export const readiness: Effect.Effect<Readiness, never, ActiveConfiguration | Lifecycle | Store> = Effect.gen(
  function* () {
    const phase = yield* (yield* Lifecycle).phase
    const { credentials } = yield* (yield* ActiveConfiguration).current
    const states: Record<string, string> = {}
    for (const { isAccepted, name, refusal } of credentials) {
      const refused = yield* refusal
      states[name] =
        refused !== undefined
          ? `refused until ${DateTime.formatIso(refused.until)}`
          : (yield* isAccepted)
            ? "usable"
            : "untried"
      yield* Metric.update(
        Metric.withAttributes(Metrics.credentialRefused, { credential: name }),
        refused === undefined ? 0 : 1
      )
    }
    const degraded = (yield* Store).troubles()
    return { ready: phase === "serving", phase, credentials: states, ...(degraded.length === 0 ? {} : { degraded }) }
  }
)
