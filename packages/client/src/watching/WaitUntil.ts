import { omitUndefined, type ShowBackupRequest, type ShowBackupResponse } from "@cbr/domain"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { BackupClient } from "../calls/BackupClient.ts"
import type { ResourceFilter } from "../calls/LatestBackup.ts"
import type { FailureDetail } from "../errors/FailureDetails.ts"
import { ConditionImpossible, ConditionTimedOut, type WaitUntilError } from "../errors/WaitUntilError.ts"
import { validateTime } from "../resilience/PolicyValidation.ts"
import { observations, type WatchOptions } from "./Changes.ts"
import { isSighting, type Observation, type Sighting } from "./Observation.ts"
import { awaitsExistence, type Deleted, decide, type WaitCondition } from "./WaitCondition.ts"
import { format } from "./WaitConditionText.ts"

/**
 * The default timeout of `waitUntil`: 30 minutes.
 * @category Watching
 * @since 0.2.0
 */
export const defaultWaitTimeout: Duration.Duration = Duration.minutes(30)

/**
 * The options of a wait.
 * @category Watching
 * @since 0.1.0
 */
export interface WaitOptions extends WatchOptions {
  /** The longest time in all; {@link defaultWaitTimeout} by default. */
  readonly timeout?: Duration.Input | undefined
  /**
   * Whether to fail as soon as the condition can no longer come true; `true` by
   * default. With `false` only a backup that is gone ends the wait early.
   */
  readonly failFast?: boolean | undefined
  /**
   * Whether a backup that is not there yet is waited for, such as a replica in another region; `false` by default, but
   * for the condition `exists`.
   */
  readonly untilExists?: boolean | undefined
}

/**
 * The result of `waitUntil`: the answer that met the condition; for `deleted` the backup as it was last seen,
 * `undefined` if it never was.
 */
export type AwaitedBackup<Condition extends WaitCondition> = Condition extends Deleted
  ? ShowBackupResponse | undefined
  : ShowBackupResponse

/**
 * Looks at a backup, or at the newest backup of a server or disk, until a
 * condition is met. With `start_time` it is the newest one made since then,
 * and with `untilExists` it is waited for until it is made.
 *
 * Fails with `ConditionImpossible` as soon as it can no longer come true, with
 * `ConditionTimedOut` when the time is up or where the polling policy's schedule ends, and as `changes` does: what fails in
 * passing is survived, and a backup that was never there is `BackupNotFound`,
 * or success when its deletion is waited for. An unknown status is waited out.
 *
 * @example
 * ```ts
 * const { backup } = yield* waitUntil(request, WaitCondition.status("available"), { timeout: "10 minutes" })
 * ```
 * @category Watching
 * @since 0.1.0
 */
export const waitUntil = Effect.fn("waitUntil")(function* <const Condition extends WaitCondition>(
  request: ShowBackupRequest | ResourceFilter,
  condition: Condition,
  options: WaitOptions = {}
): Effect.fn.Return<AwaitedBackup<Condition>, WaitUntilError, BackupClient> {
  const { failFast = true, timeout = defaultWaitTimeout, untilExists = awaitsExistence(condition) } = options
  const fault = validateTime("timeout", timeout)
  if (fault !== undefined) return yield* fault
  let last: Observation | undefined

  const found = yield* observations(request, { ...options, untilExists }).pipe(
    Stream.tap((observation) => Effect.sync(() => void (last = observation))),
    Stream.filter(isSighting),
    Stream.filter((sighting) => !(untilExists && isNotThereYet(sighting))),
    Stream.map((sighting) => ({ sighting, decision: decide(condition, sighting) })),
    Stream.filter(
      ({ decision, sighting }) =>
        sighting._tag === "Gone" || decision._tag === "Met" || (failFast && decision._tag === "Impossible")
    ),
    Stream.runHead,
    Effect.timeoutOrElse({
      duration: timeout,
      orElse: () => Effect.fail(conditionTimedOut(condition, timeout, last))
    })
  )
  // A polling policy whose schedule ends may end the looks before anything is decided.
  if (Option.isNone(found)) {
    const detail = { condition: format(condition), last: lastSeen(condition, last) }
    return yield* timedOut({ code: "condition-not-met-at-end", ...detail }, last)
  }
  const { decision, sighting } = found.value
  // A `Gone` without a response meets `deleted` and nothing else.
  if (decision._tag === "Met") return sighting.response as AwaitedBackup<Condition>
  if (sighting._tag === "Gone" && sighting.response === undefined) return yield* sighting.error
  const reason = decision._tag === "Impossible" ? decision.reason : ({ code: "backup-gone" } as const)
  return yield* new ConditionImpossible({
    detail: { code: "condition-impossible", condition: format(condition), reason },
    ...requestId(sighting)
  })
})

/**
 * The error of a condition that did not come true in time.
 *
 * @param timeout the time that there was
 * @param last the last observation, if any
 * @category Watching
 * @since 0.2.0
 */
export const conditionTimedOut = (
  condition: WaitCondition,
  timeout: Duration.Input,
  last: Observation | undefined
): ConditionTimedOut => {
  const milliseconds = Duration.toMillis(Duration.fromInputUnsafe(timeout))
  const detail = { condition: format(condition), milliseconds, last: lastSeen(condition, last) }
  return timedOut({ code: "condition-not-met-within", ...detail }, last)
}

const timedOut = (detail: FailureDetail, last: Observation | undefined): ConditionTimedOut =>
  new ConditionTimedOut({ detail, ...(last === undefined ? {} : requestId(last)) })

const lastSeen = (condition: WaitCondition, last: Observation | undefined): FailureDetail =>
  (last === undefined ? undefined : whyNot(condition, last)) ?? { code: "no-look-yet" }

/**
 * The reason why a condition does not hold by the last observation; `undefined` if it holds.
 * @category Watching
 * @since 0.2.0
 */
export const whyNot = (condition: WaitCondition, observation: Observation): FailureDetail | undefined => {
  if (observation._tag === "Missed") return { code: "look-failed", reason: observation.error.detail }
  if (isNotThereYet(observation)) return { code: "not-there-yet" }
  const decision = decide(condition, observation)
  return decision._tag === "Met" ? undefined : decision.reason
}

/** Whether the backup was never there. */
const isNotThereYet = (sighting: Sighting): boolean => sighting._tag === "Gone" && sighting.response === undefined

const requestId = (observation: Observation): { readonly request_id?: string } =>
  omitUndefined({ request_id: (observation._tag === "Seen" ? observation.response : observation.error).request_id })
