import type { ShowBackupRequest, ShowBackupResponse } from "@cbr/domain"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { BackupClient } from "../BackupClient.ts"
import { faultOfTime } from "../Limits.ts"
import { observations, type WatchOptions } from "./Changes.ts"
import { isSighting, type Observation, type Sighting } from "./Observation.ts"
import { type Deleted, decide, type WaitCondition } from "./WaitCondition.ts"
import { format } from "./WaitConditionText.ts"
import { ConditionImpossible, ConditionTimedOut, type WaitUntilError } from "./WaitUntilError.ts"

/** How long `waitUntil` waits unless told otherwise: 30 minutes. */
export const defaultWaitDeadline: Duration.Duration = Duration.minutes(30)

/** How something is waited for. */
export interface WaitOptions extends WatchOptions {
  /** The longest time in all; {@link defaultWaitDeadline} by default. */
  readonly deadline?: Duration.Input | undefined
  /**
   * Whether to fail as soon as the condition can no longer come true; `true` by
   * default. With `false` only a backup that is gone ends the wait early.
   */
  readonly failFast?: boolean | undefined
}

/**
 * What `waitUntil` succeeds with: the answer that met the condition; for
 * `deleted` the backup as it was last seen, `undefined` if it never was.
 */
export type AwaitedBackup<Condition extends WaitCondition> = Condition extends Deleted
  ? ShowBackupResponse | undefined
  : ShowBackupResponse

/**
 * Looks at a backup until a condition is met.
 *
 * Fails with `ConditionImpossible` as soon as it can no longer come true, with
 * `ConditionTimedOut` at the deadline or where the polling policy's schedule ends, and as `changes` does: what fails in
 * passing is survived, and a backup that was never there is `BackupNotFound`,
 * or success when its deletion is waited for. An unknown status is waited out.
 *
 * @example
 * ```ts
 * const { backup } = yield* waitUntil(request, WaitCondition.status("available"), { deadline: "10 minutes" })
 * ```
 */
export const waitUntil = Effect.fn("waitUntil")(function* <const Condition extends WaitCondition>(
  request: ShowBackupRequest,
  condition: Condition,
  options: WaitOptions = {}
): Effect.fn.Return<AwaitedBackup<Condition>, WaitUntilError, BackupClient> {
  const { deadline = defaultWaitDeadline, failFast = true } = options
  const fault = faultOfTime("deadline", deadline)
  if (fault !== undefined) return yield* fault
  let last: Observation | undefined

  const found = yield* observations(request, options).pipe(
    Stream.tap((observation) => Effect.sync(() => void (last = observation))),
    Stream.filter(isSighting),
    Stream.map((sighting) => ({ sighting, decision: decide(condition, sighting) })),
    Stream.filter(
      ({ decision, sighting }) =>
        sighting._tag === "Gone" || decision._tag === "Met" || (failFast && decision._tag === "Impossible")
    ),
    Stream.runHead,
    Effect.timeoutOrElse({
      duration: deadline,
      orElse: () =>
        Effect.fail(timedOut(condition, `within ${Duration.format(Duration.fromInputUnsafe(deadline))}`, last))
    })
  )
  // A polling policy whose schedule ends may end the looks before anything is decided.
  if (Option.isNone(found)) return yield* timedOut(condition, "before the looks at the backup ended", last)
  const { decision, sighting } = found.value
  // A `Gone` without a response meets `deleted` and nothing else.
  if (decision._tag === "Met") return sighting.response as AwaitedBackup<Condition>
  if (sighting._tag === "Gone" && sighting.response === undefined) return yield* sighting.error
  return yield* impossible(condition, sighting, decision._tag === "Impossible" ? decision.reason : "")
})

const impossible = (condition: WaitCondition, sighting: Sighting, reason: string): ConditionImpossible =>
  new ConditionImpossible({
    message: `${format(condition)} can no longer come true: ${reason}`,
    condition: format(condition),
    reason,
    ...requestId(sighting)
  })

const timedOut = (condition: WaitCondition, when: string, last: Observation | undefined): ConditionTimedOut =>
  new ConditionTimedOut({
    message: `${format(condition)} did not come true ${when}; ${lastSeen(last)}`,
    condition: format(condition),
    ...(last === undefined ? {} : requestId(last))
  })

const lastSeen = (last: Observation | undefined): string => {
  if (last === undefined) return "no look at the backup was over by then"
  if (last._tag === "Seen") return `the status was ${last.response.backup.status ?? "missing"}`
  return `the last look failed: ${last.error.message}`
}

const requestId = (observation: Observation): { readonly request_id?: string } => {
  const { request_id } = observation._tag === "Seen" ? observation.response : observation.error
  return request_id === undefined ? {} : { request_id }
}
