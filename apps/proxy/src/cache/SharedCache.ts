import type { BackupNotFound, ShowBackupError } from "@cbr/client"
import type { ShowBackupResponse } from "@cbr/domain"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Change } from "../store/Notifications.ts"
import type { ListAnswer } from "../upstream/ListAnswer.ts"

export type { Change }

/** A backup, or a page of the list. */
export type CloudResponse = ShowBackupResponse | ListAnswer

/** What the cloud answered; that there is no such backup is an answer too. */
export interface CloudAnswer {
  readonly answer: Result.Result<CloudResponse, BackupNotFound>
  /** Whether the backup was on its way to being gone when last seen before; counts where there is none. */
  readonly wasLeaving: boolean
}

/** An answer that another replica had. */
export interface SharedEntry extends CloudAnswer {
  /** When the cloud gave it, in milliseconds since 1970 by this machine's clock. */
  readonly at: number
  /** Differs from that of every other answer. */
  readonly version: string
}

/** How a call ended, for the other replicas. */
export type FetchLeaseResult =
  /** `milliseconds`: how long anyone may use the answer. */
  | { readonly _tag: "Answered"; readonly answered: CloudAnswer; readonly milliseconds: number }
  /** `isLast`: no earlier answer may be used after it. */
  | { readonly _tag: "Failed"; readonly error: ShowBackupError; readonly isLast: boolean }
  /** What came of it is for this replica alone. */
  | { readonly _tag: "Withdrawn" }

/** What a replica that wants to call the cloud is told. */
export type FetchLease =
  /** There is a newer answer; `isAwaited` when it was not there yet as the claim was made. */
  | { readonly _tag: "Found"; readonly shared: SharedEntry; readonly isAwaited: boolean }
  /** Another replica's call failed while this one waited for it. */
  | { readonly _tag: "Failed"; readonly error: ShowBackupError }
  /** This replica makes the call, and the answer has this version. The others hear how it ended; this replica does not wait for them. */
  | {
      readonly _tag: "Granted"
      readonly version: string | undefined
      readonly release: (settlement: FetchLeaseResult) => Effect.Effect<void>
    }

/**
 * What several replicas know together, by the cache's keys. Nothing here
 * fails: a replica that can reach no store is granted every lease and hears
 * nothing. Without replicas there is no store to reach.
 */
export interface SharedCache {
  /**
   * Asks for the right to call the cloud, for one replica at a time. While
   * another has it, this waits for the end of that one's call.
   *
   * @param known the version of the answer that this replica has and wants a newer one than
   */
  readonly acquire: (key: string, known: string | undefined) => Effect.Effect<FetchLease, never, Scope.Scope>
  /** The newest answer, if there is one. */
  readonly look: (key: string) => Effect.Effect<SharedEntry | undefined>
  /** Forgets a backup at every replica; a call that is under way for it is not stored. */
  readonly forget: (key: string) => Effect.Effect<void>
  /** What other replicas learn, from now on. */
  readonly changes: Stream.Stream<Change>
}

/** What replicas share in a process; nothing unless it is provided. */
export const SharedCache = Context.Reference<SharedCache>("@cbr/proxy/SharedCache", {
  defaultValue: () => noReplicas
})

/** What a process by itself knows together with others: every claim is granted. */
export const noReplicas: SharedCache = {
  acquire: () => Effect.succeed({ _tag: "Granted", version: undefined, release: () => Effect.void }),
  look: () => Effect.succeed(undefined),
  forget: () => Effect.void,
  changes: Stream.empty
}
