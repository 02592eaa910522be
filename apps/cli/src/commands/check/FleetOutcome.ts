import { ErrorTable } from "@cbr/client"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { OutputOptions } from "../../args/OutputOptions.ts"
import { resolveSettings } from "../../calls/CommandSettings.ts"
import { fromFlag, within } from "../../calls/CommandTimeout.ts"
import { listDoubt, listIn, resolveProject } from "../../calls/ListTarget.ts"
import { Failure } from "../../failures/Failure.ts"
import { printNote } from "../../failures/StderrNote.ts"
import { readSavedList } from "../../input/SavedListFile.ts"
import { Messages } from "../../messages/Messages.ts"
import { findingsPrinter, compileQuery } from "../../output/Printer.ts"
import { withProgress } from "../../terminal/Progress.ts"
import { worstVerdict } from "./BackupCheck.ts"
import type { CheckInput } from "./CheckFlags.ts"
import { type CheckOutcome, asDetails } from "./CheckOutcome.ts"
import { misused, rulesFor } from "./CheckRules.ts"
import { wholeOf, checkFleet, doubtFleet, type FleetRules } from "./FleetCheck.ts"
import { fleetJson, fleetMetrics, fleetPerfdata, renderFleet, summarizeFleet } from "./FleetReport.ts"
import type { FleetSelection } from "./FleetSelection.ts"
import { namesOf, readNames } from "./NamesFile.ts"
import { texts } from "./texts.ts"

/** Checks all resources of a project, or of a saved list. */
export const fleetOutcome = Effect.fnUntraced(function* (input: CheckInput) {
  const { output } = yield* OutputOptions
  const messages = yield* Messages
  if (output !== "openmetrics") yield* compileQuery
  const { expectations, now, rules } = yield* rulesFor(input)
  const ignored = yield* Effect.forEach(input.ignore, namesOf)
  const selection: FleetSelection = {
    expected: Option.isNone(input.expect) ? [] : yield* readExpected(input.expect.value),
    ignored: ignored.flat(),
    seenWithin: Option.getOrUndefined(input.seenWithin),
    groupBy: Option.getOrUndefined(input.groupBy)
  }
  const found = yield* checkListed(input, selection, { expectations, now, messages })
  // A path of a file that is not there would be taken for a name in silence.
  for (const [index, word] of input.ignore.entries()) {
    const isName = word !== "" && !word.includes("*") && ignored[index]?.[0] === word
    if (isName && found.unmatched.includes(word)) yield* printNote(({ pick }) => pick(texts).fleet.unmatched(word))
  }
  // Standard output may be data, or the result of a query.
  const { unlisted } = found
  if (unlisted !== undefined) yield* printNote(({ pick }) => pick(texts).fleet.unlisted[unlisted])
  if (found.results.length === 0) {
    return yield* Failure.of("BackupNotFound", "cbr check --all", ({ pick }) => [
      pick(ErrorTable.BackupNotFound.title),
      pick(texts).fleet.none,
      pick(texts).fleet.checkPlace
    ])
  }
  return {
    worst: worstVerdict(found.results.map(({ verdict }) => verdict)),
    summary: summarizeFleet(found, messages),
    figures: fleetPerfdata(found, rules),
    print:
      output === "openmetrics"
        ? Console.log(fleetMetrics(found))
        : yield* findingsPrinter(fleetJson(found), (where) => asDetails(renderFleet(found, where), input)),
    failures: []
  } satisfies CheckOutcome
})

/** Checks all of a project, or of a saved list. */
const checkListed = Effect.fnUntraced(function* (input: CheckInput, selection: FleetSelection, rules: FleetRules) {
  const what = "cbr check --all"
  const doubt = listDoubt()
  if (Option.isSome(input.from)) {
    const path = input.from.value
    return yield* checkFleet(readSavedList(path, doubt.onIncomplete), selection, rules).pipe(
      Effect.map((found) => doubtFleet(found, doubt.reason())),
      within(yield* fromFlag(input.timeout), path)
    )
  }
  const settings = yield* resolveSettings(input)
  return yield* Effect.gen(function* () {
    const project = yield* resolveProject(what, settings)
    return yield* withProgress((count) =>
      checkFleet(
        Stream.tap(listIn(project, { show_replication: true }, { what, onIncomplete: doubt.onIncomplete }), () =>
          Effect.sync(() => count(false))
        ),
        selection,
        rules,
        wholeOf(project)
      ).pipe(Effect.map((found) => doubtFleet(found, doubt.reason())))
    )
  }).pipe(within(settings.timeout, what))
})

/** The names that must have a backup. A file without any would miss no server. */
const readExpected = Effect.fnUntraced(function* (path: string) {
  const names = yield* readNames(path)
  return names.length > 0 ? names : yield* misused("noNames", "giveNames")
})
