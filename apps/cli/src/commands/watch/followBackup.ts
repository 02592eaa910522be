import { changes, ConditionImpossible, type Observation } from "@cbr/client"
import { isAtRest, newestFirst } from "@cbr/domain"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { findFollowed } from "../../calls/ResourceLookup.ts"
import type { CallSettings } from "../../calls/SettingResolution.ts"
import { failWith } from "../../failures/ClientFailure.ts"
import type { Failure } from "../../failures/Failure.ts"
import { failOnUnknownStatus } from "../../watching/WatchReporter.ts"
import { resolveWatchTargets, type WatchTarget, withPolling } from "../../watching/WatchTarget.ts"
import type { ChangePrinter } from "./ChangePrinter.ts"

/** The flags that a backup is followed by. */
interface FollowOptions {
  readonly interval: Duration.Duration
  readonly strict: boolean
  readonly untilStable: boolean
}

/**
 * Follows one backup until it is gone, or at rest where that is asked for; gives the last look. With `--until-stable` a
 * backup that is gone is a failure: it never comes to rest.
 */
export const followBackup = Effect.fnUntraced(function* (
  subject: WatchTarget,
  { interval, strict, untilStable }: FollowOptions,
  observed: (id: string, observation: Observation) => Effect.Effect<void>,
  print: ChangePrinter["change"]
) {
  const { id, started, target } = subject
  const about = { what: id, url: target.url, started }
  let newest: Observation | undefined
  yield* changes(target.request, {
    onObservation: (observation) => {
      newest = observation
      return observed(id, observation)
    }
  }).pipe(
    Stream.mapError((error) => ({ error })),
    Stream.tap(() => (newest === undefined ? Effect.void : onChange(id, newest, strict, print))),
    Stream.takeUntil(({ backup }) => untilStable && isAtRest(backup)),
    Stream.runDrain,
    Effect.catch((failed) => ("error" in failed ? failWith(failed.error, about) : Effect.fail(failed))),
    withPolling(subject, interval)
  )
  if (newest?._tag !== "Gone") return newest
  yield* print(id, newest)
  if (!untilStable) return newest
  const detail = { code: "condition-impossible", condition: "--until-stable", reason: { code: "backup-gone" } } as const
  return yield* failWith(new ConditionImpossible({ detail }), about)
})

/** The report of a watch that goes from one backup to the next. */
interface FollowReport {
  readonly observed: (id: string, observation: Observation) => Effect.Effect<void>
  readonly replaced: (before: string, now: string, resource: string) => Effect.Effect<void>
  readonly print: ChangePrinter
}

/**
 * Follows the newest backup of a resource by its id, since a list may leave its copies out, and from the moment that
 * another one is newer that one. With `--until-stable` it ends when nothing of the newest is in progress, and fails
 * when that is gone: an older backup does not stand for it.
 */
export const followNewest = Effect.fnUntraced(function* (
  { filter, id, newest: first, project }: Effect.Success<ReturnType<typeof findFollowed>>,
  options: FollowOptions & { readonly resource: string },
  settings: CallSettings,
  { observed, print, replaced }: FollowReport
) {
  const { interval, resource } = options
  let current = id
  let newestListed = first
  let isListed = true
  const others = changes(filter).pipe(
    Stream.catch((error) =>
      Stream.fromEffect(failWith(error, { what: resource, url: project.url, started: project.started }))
    ),
    Stream.flatMap(({ backup }) => {
      isListed = newestFirst(backup, newestListed) <= 0
      if (!isListed || backup.id === undefined) return Stream.empty
      newestListed = backup
      return Stream.succeed(backup.id)
    })
  )
  const followOne = Effect.fnUntraced(function* (newest: string) {
    const isFirst = newest === id
    if (newest !== current) yield* replaced(current, newest, resource)
    current = newest
    const [subject] = yield* resolveWatchTargets([newest], settings)
    if (subject === undefined) return undefined
    const followed = followBackup(subject, options, observed, print.change)
    const isUnknown = (failure: Failure) => !isFirst && failure.kind === "BackupNotFound"
    return yield* followed.pipe(
      // A list may tell of a backup before the service can show it, or for a moment after it is gone.
      Effect.catchIf(isUnknown, (failure) =>
        Effect.andThen(
          print.failed(newest, failure),
          Effect.retry(Effect.delay(followed, interval), { while: (failure) => isListed && isUnknown(failure) })
        )
      )
    )
  })
  yield* Stream.make(id).pipe(
    Stream.concat(others),
    Stream.changes,
    Stream.switchMap((newest) => Stream.fromEffect(followOne(newest))),
    Stream.takeUntil((last) => last?._tag === "Seen"),
    Stream.runDrain,
    withPolling(project, interval)
  )
})

const onChange = (id: string, observation: Observation, strict: boolean, print: ChangePrinter["change"]) =>
  Effect.andThen(strict ? failOnUnknownStatus(id, observation) : Effect.void, print(id, observation))
