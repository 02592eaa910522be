import { layer as simulator, Simulator } from "@cbr/simulator"
import * as Effect from "effect/Effect"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Redacted from "effect/Redacted"
import type { Cloud } from "./checks/Check.ts"

/** A simulated cloud as checks are told of it, and its end. */
export const startCloud = async (): Promise<{ readonly cloud: Cloud; readonly stop: () => Promise<void> }> => {
  const runtime = ManagedRuntime.make(simulator())
  const cloud = await runtime.runPromise(
    Simulator.use(({ ak, backups, cbr, faults, iam, issueToken, project_id, region, sk }) =>
      Effect.map(issueToken, (token) => ({
        endpoint: cbr,
        iamEndpoint: iam,
        region,
        projectId: project_id,
        ak,
        sk: Redacted.value(sk),
        token: Redacted.value(token),
        backups,
        faults
      }))
    )
  )
  return { cloud, stop: () => runtime.dispose() }
}
