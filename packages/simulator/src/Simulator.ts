import type { AccessKey } from "@cbr/client/signing"
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type { Fault } from "./Fault.ts"
import type { FaultTarget } from "./Faults.ts"
import type { BuiltInName, Timeline } from "./Fixture.ts"
import type { Fleet } from "./fixtures/Fleet.ts"
import type { LoggedRequest } from "./RequestLog.ts"
import type { ReservedFaultName } from "./ReservedFaults.ts"

/** A running CBR and IAM: their addresses, credentials and backups, and the way to make them fail. */
export class Simulator extends Context.Service<
  Simulator,
  {
    /** CBR's origin, without a trailing slash. */
    readonly cbr: string
    /** IAM's origin, without a trailing slash. */
    readonly iam: string
    /** Origin of the metadata that an ECS server finds, and of pod identity at `/v1/credentials`. */
    readonly metadata: string
    /** The region that this is, which is also the name of the project. */
    readonly region: string
    readonly ak: string
    readonly sk: Redacted.Redacted<string>
    readonly project_id: string
    readonly user: string
    readonly password: Redacted.Redacted<string>
    readonly domain: string
    /** A role that the user may assume. */
    readonly agency: { readonly name: string; readonly domain: string }
    /** An identity provider that IAM trusts, and an id token of it. */
    readonly federation: { readonly idp_id: string; readonly id_token: Redacted.Redacted<string> }
    /** The token that a pod sends as `Authorization`. */
    readonly pod: { readonly token: Redacted.Redacted<string> }
    /** The built-in backups' ids by name. */
    readonly backups: Readonly<Record<BuiltInName, string>>
    /** The servers of the fleet, and the names of those that differ; `undefined` without one. */
    readonly fleet: Omit<Fleet, "fixtures"> | undefined
    /** The ids that always meet the same fault, by name. */
    readonly faults: Readonly<Record<ReservedFaultName, string>>

    /** Adds a backup, or replaces the one of the same project and id; further steps take effect as time passes. */
    readonly put: (...timeline: Timeline) => Effect.Effect<void>
    /** The backup is gone: 404 from now on. */
    readonly remove: (backup_id: string) => Effect.Effect<void>
    /**
     * Queues a fault for the next `times` requests (1 unless given, `Infinity` for all) of a backup id or of a listener.
     * Faults of one target are used up in the order of injection; those of a backup id come before those of a listener.
     *
     * @example
     * yield* simulator.inject(Fault.Answer({ status: 503 }), { on: { backup_id }, times: 2 })
     */
    readonly inject: (
      fault: Fault,
      options: { readonly on: FaultTarget; readonly times?: number }
    ) => Effect.Effect<void>
    /** Takes back every injected fault. */
    readonly clearFaults: Effect.Effect<void>

    /** Every request that arrived, in order. */
    readonly requests: Effect.Effect<ReadonlyArray<LoggedRequest>>
    readonly clearRequests: Effect.Effect<void>

    /** A token for the project, as IAM would issue it, good for 24 hours. */
    readonly issueToken: Effect.Effect<Redacted.Redacted<string>>
    /** Ends every token before its time: they meet 401 `APIGW.0307` from now on. */
    readonly revokeTokens: Effect.Effect<void>
    /** A temporary key with its security token. */
    readonly issueTemporaryKey: (lifetime: Duration.Input) => Effect.Effect<Required<AccessKey>>
  }
>()("@cbr/simulator/Simulator") {}
