import {
  adaptive,
  BackupClient,
  defaultPollingPolicy,
  ErrorTable,
  PollingPolicy,
  WaitCondition,
  waitUntil
} from "@cbr/client"
import { type BackupResp, madeAt, type ShowBackupResponse } from "@cbr/domain"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { type CommandTimeout, within } from "../../calls/CommandTimeout.ts"
import { resolveProject } from "../../calls/ListTarget.ts"
import { findInProject, backupIdOf } from "../../calls/ResourceLookup.ts"
import type { CallSettings } from "../../calls/SettingResolution.ts"
import { orFailure } from "../../failures/ClientFailure.ts"
import { Failure } from "../../failures/Failure.ts"
import { printNote } from "../../failures/StderrNote.ts"
import { readPointInTime } from "../../input/PointInTimeInput.ts"
import { withSlowNotice } from "../../terminal/Progress.ts"
import { isResourceId } from "../../values/isResourceId.ts"
import { wholeSecond } from "../../values/pointInTime.ts"
import { texts } from "./texts.ts"

interface NewerOptions {
  readonly interval: Duration.Duration
  readonly timeout: CommandTimeout
  readonly untilExists: boolean
}

/** Waits until a resource has a backup that was made after a moment, as `--newer-than` gives it; returns its id. */
export const awaitNewerBackup = Effect.fnUntraced(function* (
  word: string,
  newerThan: string,
  settings: CallSettings,
  { interval, timeout, untilExists }: NewerOptions
) {
  const after = yield* readPointInTime("--newer-than", newerThan, yield* Clock.currentTimeMillis)
  const moment = DateTime.formatIso(DateTime.makeUnsafe(after))
  yield* printNote(({ pick }) => pick(texts).newer(word, moment))
  let looked: { readonly newest: BackupResp | undefined } | undefined
  const onLook = (newest: BackupResp | undefined) => {
    looked = { newest }
  }
  return yield* awaitNewer(word, after, settings, { interval, onLook, untilExists }).pipe(
    withSlowNotice({ what: word, debug: settings.debug }),
    within(timeout, "cbr wait"),
    Effect.catch((failure) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) =>
        // A single call may run out of its own time, too.
        Effect.fail(
          failure.kind === "TimedOut" && now >= timeout.end && looked !== undefined
            ? noneNewer({ word, moment, time: Duration.format(timeout.time), newest: looked.newest })
            : failure
        )
      )
    )
  )
})

interface LookOptions {
  readonly interval: Duration.Duration
  /** Gets the newest backup of the first look, or undefined where the resource has none. */
  readonly onLook: (newest: BackupResp | undefined) => void
  readonly untilExists: boolean
}

/** After the first look a proxy's events tell of the backup; where none are offered, looks come further apart. */
const awaitNewer = Effect.fnUntraced(function* (
  word: string,
  after: number,
  settings: CallSettings,
  { interval, onLook, untilExists }: LookOptions
) {
  const project = yield* resolveProject(word, settings)
  const { client, project_id, started, url } = project
  const found = yield* findInProject(project, word).pipe(
    // A server that no backup is of yet has none, where that is waited for.
    Effect.catch((failure) =>
      untilExists && failure.kind === "BackupNotFound" ? Effect.undefined : Effect.fail(failure)
    )
  )
  onLook(found?.newest.backup)
  const isNewer = ({ backup }: ShowBackupResponse): boolean => (madeAt(backup) ?? Number.NaN) / 1000 >= after
  if (found !== undefined && isNewer(found.newest)) return yield* backupIdOf(found.newest, word)
  // A server that is built anew under its name has another id.
  const isById = found === undefined ? isResourceId(word) : found.resource_id === word
  const newer = yield* waitUntil(
    { project_id, start_time: wholeSecond(after), ...(isById ? { resource_id: word } : { resource_name: word }) },
    WaitCondition.satisfies("newer", isNewer),
    // The time limit of the command ends the wait.
    { untilExists: true, timeout: Duration.infinity }
  ).pipe(
    Effect.provideService(BackupClient, client),
    Effect.provideService(PollingPolicy, {
      ...defaultPollingPolicy,
      schedule: adaptive({ shortest: interval, longest: longestPause, longestAtRest: longestPause })
    }),
    orFailure({ what: word, url, started })
  )
  return yield* backupIdOf(newer, word)
})

/** A night's backup takes minutes: to look more rarely would tell of it late. */
const longestPause = Duration.seconds(30)

interface NoneNewer {
  readonly word: string
  readonly moment: string
  readonly time: string
  readonly newest: BackupResp | undefined
}

/** The failure of a wait whose time ended before a resource had a newer backup; it names the newest one. */
const noneNewer = ({ moment, newest, time, word }: NoneNewer) => {
  const made = newest === undefined ? undefined : madeAt(newest)
  const at = made === undefined ? undefined : DateTime.formatIso(DateTime.makeUnsafe(made / 1000))
  return Failure.of("ConditionTimedOut", word, ({ pick, timeout }) => [
    pick(ErrorTable.ConditionTimedOut.title),
    pick(texts).noneNewer({
      word,
      moment,
      time,
      newest: newest === undefined ? undefined : { id: newest.id, at }
    }),
    timeout.waitLonger,
    pick(texts).listOf(word)
  ])
}
