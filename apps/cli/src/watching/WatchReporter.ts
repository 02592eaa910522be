import { formatCondition, type Observation, WaitCondition, whyNot } from "@cbr/client"
import { BackupStatus } from "@cbr/domain"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { OutputOptions } from "../args/OutputOptions.ts"
import type { CommandTimeout } from "../calls/CommandTimeout.ts"
import { Failure } from "../failures/Failure.ts"
import { printLine, printNote } from "../failures/StderrNote.ts"
import { en } from "../messages/en.ts"
import { Messages } from "../messages/Messages.ts"
import { renderContext } from "../output/Printer.ts"
import { isInFront } from "../terminal/Keyboard.ts"
import * as LiveView from "../terminal/LiveView.ts"
import type { Piece } from "../text/Style.ts"
import { changeLine, liveLines, nextState, type WatchState } from "./WatchState.ts"

const heartbeat = Duration.seconds(60)

/** Options of the report. */
interface ReportOptions {
  /** Whether lines are printed if there is no live view. */
  readonly lines: boolean
  readonly timeout: CommandTimeout | undefined
  /** The condition of `wait`. */
  readonly condition?: WaitCondition.WaitCondition
  /** The resource whose backup is watched, as the command line names it. */
  readonly resource?: string | undefined
  /** Whether to wait for a backup that does not exist yet. */
  readonly untilExists?: boolean
}

/**
 * Reports observations on stderr. The report is a live view if the terminal allows, else a line for each change, each
 * failed poll, and each minute without either. Both show the condition, why it does not hold, and the time left. The
 * report
 * ends with its scope, and the last state stays. `quit` ends when the user presses `q`.
 */
export const reportOnStderr = Effect.fnUntraced(function* (
  ids: ReadonlyArray<string>,
  { condition, lines, resource, timeout, untilExists = false }: ReportOptions
) {
  const { canAnimate, errorColour, errorFormat } = yield* OutputOptions
  // Data is the same in every language.
  const messages = errorFormat === "json" ? en : yield* Messages
  const where = { ...(yield* renderContext), colour: errorColour, messages }
  const started = yield* Clock.currentTimeMillis
  const stateOf = (id: string): WatchState => ({ id, resource, newest: undefined, backup: undefined, untilExists })
  const all = new Map(ids.map((id) => [id, stateOf(id)]))
  const warned = new Set<string>()
  let told = started
  let elapsed = started

  const left = (now: number) =>
    timeout === undefined ? undefined : inWords(Math.ceil((timeout.end - now) / 1000) * 1000)
  const awaited = condition === undefined ? undefined : formatCondition(condition)
  /** The reason why the condition does not hold, by id. */
  const reasons = new Map<string, string | undefined>()
  const why = (observation: Observation): string | undefined => {
    if (condition === undefined) return undefined
    // The failure at the end says why it can no longer hold.
    if (observation._tag !== "Missed" && WaitCondition.decide(condition, observation)._tag === "Impossible")
      return undefined
    const reason = whyNot(condition, observation)
    // The line shows a missing backup in place of its status.
    return reason === undefined || reason.code === "not-there-yet"
      ? undefined
      : messages.wait.notYet(messages.detail(reason))
  }

  const view =
    canAnimate && isInFront()
      ? yield* LiveView.make((mark, quitBy) => [
          ...[...all.values()].flatMap((watched) => [
            ...liveLines(watched, mark, { ...where, now: DateTime.makeUnsafe(elapsed) }),
            ...(watched.newest?._tag === "Seen" ? whyLine(reasons.get(watched.id)) : [])
          ]),
          [{ text: messages.watch.footer(awaited, inWords(elapsed - started), left(elapsed), quitBy), tone: "faint" }]
        ])
      : undefined
  if (view !== undefined) {
    const tick = Effect.map(Clock.currentTimeMillis, (now) => void (elapsed = now))
    yield* Effect.forkScoped(Effect.forever(Effect.andThen(tick, Effect.sleep("1 second"))))
  }
  if (view === undefined && lines && awaited !== undefined) {
    yield* printNote(({ wait }) => wait.begins(awaited, left(started)))
  }

  const warn = (id: string, status: string | undefined) => {
    if (status === undefined || BackupStatus.isDocumented(status) || warned.has(`${id} ${status}`)) return Effect.void
    warned.add(`${id} ${status}`)
    return printNote(({ watch }) => watch.unknownStatus(status))
  }

  const observed = Effect.fnUntraced(function* (id: string, observation: Observation) {
    const before = all.get(id) ?? stateOf(id)
    const now = nextState(before, observation)
    all.set(id, now)
    const reason = why(observation)
    reasons.set(id, reason)
    if (observation._tag === "Seen") yield* warn(id, observation.response.backup.status)
    if (view !== undefined) return yield* view.refresh
    if (!lines) return
    const time = yield* Clock.currentTimeMillis
    const isNews =
      observation._tag === "Seen"
        ? observation.differs
        : observation._tag === "Missed" || before.newest?._tag !== "Gone"
    if (observation._tag === "Missed") {
      yield* printNote(({ detail, named, watch }) =>
        named(watch.missedInARow(observation.inARow), detail(observation.error.detail))
      )
    } else if (isNews || time - told >= Duration.toMillis(heartbeat)) {
      const moment = DateTime.makeUnsafe(time)
      yield* printLine([
        ...changeLine(before, now, DateTime.formatIso(moment), { ...where, now: moment }),
        reason === undefined ? "" : `  ${messages.wait.withLeft(reason, left(time))}`
      ])
    }
    if (isNews || time - told >= Duration.toMillis(heartbeat)) told = time
  })
  /** Reports that one of many backups failed. */
  const failed = Effect.fnUntraced(function* (id: string, failure: Failure) {
    const before = all.get(id) ?? stateOf(id)
    all.set(id, { ...before, failed: failure.render(messages).title })
    if (view !== undefined) yield* view.refresh
  })

  /** Reports that of a resource another backup is followed from now on. */
  const replaced = Effect.fnUntraced(function* (before: string, now: string, resource: string) {
    all.delete(before)
    all.set(now, stateOf(now))
    yield* view === undefined ? printNote(({ watch }) => watch.followed(resource, now)) : view.refresh
  })

  return { observed, failed, replaced, quit: view === undefined ? Effect.never : view.quit }
})

const whyLine = (why: string | undefined): ReadonlyArray<ReadonlyArray<Piece>> =>
  why === undefined ? [] : [["    ", { text: why, tone: "busy" }]]

/** Formats milliseconds in whole seconds; the library has no unit for 0. */
const inWords = (millis: number): string =>
  millis < 1000 ? "0s" : Duration.format(Duration.seconds(Math.trunc(millis / 1000)))

/** Fails on a status that the API's page does not list, for `--strict`. */
export const failOnUnknownStatus = Effect.fnUntraced(function* (id: string, observation: Observation) {
  if (observation._tag !== "Seen") return
  const { status } = observation.response.backup
  if (status === undefined || BackupStatus.isDocumented(status)) return
  return yield* Failure.of("MalformedResponse", id, ({ drift, watch }) => [
    drift.refused,
    watch.unknownStatus(status),
    drift.seeDrift
  ])
})
