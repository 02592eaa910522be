import { adaptive, BackupClient, defaultPace, defaultPollingPolicy, type Observation, PollingPolicy } from "@cbr/client"
import { BackupStatus } from "@cbr/domain"
import * as Flag from "effect/cli/Flag"
import * as Clock from "effect/Clock"
import * as Console from "effect/Console"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { refOf } from "../BackupIds.ts"
import { locate, type Target } from "../Connection.ts"
import { Connections } from "../Connections.ts"
import { Failure } from "../Failure.ts"
import { Messages } from "../messages/Messages.ts"
import { paint, type Piece } from "../output/Paint.ts"
import type { CallSettings } from "../Precedence.ts"
import { Presentation } from "../Presentation.ts"
import { surroundings } from "../Printing.ts"
import * as Settings from "../Settings.ts"
import * as LiveView from "./LiveView.ts"
import { after, changeLine, liveLines, type Watched } from "./Watched.ts"

/** What `wait` and `watch` take beside the connection. */
export const watchingFlags = ({ flags }: Messages) => ({
  interval: Settings.timeFlag("interval", flags.interval(Duration.format(defaultPace.shortest))).pipe(
    Flag.withDefault(defaultPace.shortest)
  ),
  strict: Settings.switchFlag("strict", flags.strictStatus)
})

/** Everything that watching one backup needs. */
export interface Subject {
  readonly id: string
  readonly target: Target
  readonly client: BackupClient["Service"]
  readonly started: number
}

/** The backups that words mean; fails on the first that means none. */
export const subjectsOf = (words: ReadonlyArray<string>, settings: CallSettings) =>
  Effect.forEach(words, (word) =>
    Effect.gen(function* () {
      const target = yield* locate(yield* refOf(word), settings)
      return {
        id: word,
        target,
        client: yield* Connections.use(({ client }) => client(target.addresses, settings)),
        started: yield* Clock.currentTimeMillis
      } satisfies Subject
    })
  )

/** Gives an effect the client of a subject, and looks at the pace that was asked for. */
export const watchedAt =
  ({ client }: Subject, interval: Duration.Duration) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>) =>
    effect.pipe(
      Effect.provideService(BackupClient, client),
      Effect.provideService(PollingPolicy, {
        ...defaultPollingPolicy,
        schedule: adaptive({
          shortest: interval,
          longest: Duration.max(interval, defaultPace.longest),
          longestAtRest: Duration.max(interval, defaultPace.longestAtRest)
        })
      })
    )

const heartbeat = Duration.seconds(60)

/**
 * Tells a looker-on of every look: as a live view where the terminal allows
 * one, else as a line on stderr for each change, each failed look, and each
 * minute without either. What it tells ends with the scope; the last state
 * stays.
 */
export const tellOnStderr = Effect.fnUntraced(function* (
  ids: ReadonlyArray<string>,
  options: { readonly lines: boolean }
) {
  const { canAnimate, errorColour } = yield* Presentation
  const messages = yield* Messages
  const where = { ...(yield* surroundings), colour: errorColour }
  const started = yield* Clock.currentTimeMillis
  const all = new Map<string, Watched>(ids.map((id) => [id, { id, newest: undefined, backup: undefined }]))
  const warned = new Set<string>()
  let told = started
  let elapsed = started

  const view = canAnimate
    ? yield* LiveView.make((mark) => [
        ...[...all.values()].flatMap((watched) =>
          liveLines(watched, mark, { ...where, now: DateTime.makeUnsafe(elapsed) })
        ),
        [
          {
            text: messages.watch.elapsed(inWords(elapsed - started)),
            tone: "faint"
          }
        ]
      ])
    : undefined
  if (view !== undefined) {
    const tick = Effect.map(Clock.currentTimeMillis, (now) => void (elapsed = now))
    yield* Effect.forkScoped(Effect.forever(Effect.andThen(tick, Effect.sleep("1 second"))))
  }
  const say = (line: ReadonlyArray<Piece>) => Console.error(paint(line, errorColour))

  const warn = (id: string, status: string | undefined) => {
    if (status === undefined || BackupStatus.isDocumented(status) || warned.has(`${id} ${status}`)) return Effect.void
    warned.add(`${id} ${status}`)
    return say([messages.note(messages.watch.unknownStatus(status))])
  }

  const observed = Effect.fnUntraced(function* (id: string, observation: Observation) {
    const before = all.get(id) ?? { id, newest: undefined, backup: undefined }
    const now = after(before, observation)
    all.set(id, now)
    if (observation._tag === "Seen") yield* warn(id, observation.response.backup.status)
    if (view !== undefined) return yield* view.refresh
    if (!options.lines) return
    const time = yield* Clock.currentTimeMillis
    const isNews = observation._tag !== "Seen" || observation.differs
    if (observation._tag === "Missed") {
      yield* say([
        messages.note(
          messages.named(messages.watch.missedInARow(observation.inARow), messages.detail(observation.error.detail))
        )
      ])
    } else if (isNews || time - told >= Duration.toMillis(heartbeat)) {
      const moment = DateTime.makeUnsafe(time)
      yield* say(changeLine(before, now, DateTime.formatIso(moment), { ...where, now: moment }))
    }
    if (isNews || time - told >= Duration.toMillis(heartbeat)) told = time
  })
  /** One of many is looked at no more. */
  const failed = Effect.fnUntraced(function* (id: string, failure: Failure) {
    const before = all.get(id) ?? { id, newest: undefined, backup: undefined }
    all.set(id, { ...before, failed: failure.tell(messages).title })
    if (view !== undefined) yield* view.refresh
  })

  return { observed, failed }
})

/** Whole seconds of a span in milliseconds; the library's word for none has no unit. */
const inWords = (millis: number): string =>
  millis < 1000 ? "0s" : Duration.format(Duration.seconds(Math.trunc(millis / 1000)))

/** With `--strict`, a status that the page does not list is not understood. */
export const refuseStrange = Effect.fnUntraced(function* (id: string, observation: Observation) {
  if (observation._tag !== "Seen") return
  const { status } = observation.response.backup
  if (status === undefined || BackupStatus.isDocumented(status)) return
  return yield* new Failure({
    kind: "MalformedResponse",
    tell: ({ drift, watch }) => ({
      title: drift.refused,
      what: id,
      why: watch.unknownStatus(status),
      next: [drift.seeDrift]
    })
  })
})
