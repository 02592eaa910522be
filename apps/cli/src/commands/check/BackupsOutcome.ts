import type { JsonValue } from "@cbr/client/jmespath"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { fetchBackup } from "../../calls/CallTarget.ts"
import { resolveSettings } from "../../calls/CommandSettings.ts"
import { fromFlag, within } from "../../calls/CommandTimeout.ts"
import { listDoubt, resolveProject } from "../../calls/ListTarget.ts"
import { findResource } from "../../calls/ResourceLookup.ts"
import { parseRef, readIds } from "../../input/BackupIdInput.ts"
import * as SavedResponseFile from "../../input/SavedResponseFile.ts"
import { Messages } from "../../messages/Messages.ts"
import { findingsPrinter, compileQuery } from "../../output/Printer.ts"
import { withProgress, withSlowNotice } from "../../terminal/Progress.ts"
import {
  checkBackup,
  type CheckResult,
  doubted,
  incompleteJson,
  renderDetails,
  worstVerdict,
  unavailable,
  summarize,
  toJson,
  withFallbacks
} from "./BackupCheck.ts"
import type { CheckInput } from "./CheckFlags.ts"
import { type CheckOutcome, asDetails } from "./CheckOutcome.ts"
import { misused, rulesFor } from "./CheckRules.ts"
import { wholeOf, checkResource, type FleetRules, type ResourceResult } from "./FleetCheck.ts"
import { resourceJson } from "./FleetReport.ts"
import { perfdata } from "./Perfdata.ts"

/** Checks the backups that are given by their ids, as a file, or by their resource. */
export const backupsOutcome = Effect.fnUntraced(function* (input: CheckInput) {
  const { all, incomplete, now, rules } = yield* checkAll(input)
  const messages = yield* Messages
  const found = worstVerdict(all.map(({ verdict }) => verdict))
  const rowOf = (result: CheckResult | ResourceResult) => {
    const verdict = doubted(result.verdict, incomplete)
    return {
      ...("newer" in result
        ? resourceJson({ ...result, verdict })
        : (toJson({ ...result, verdict }) as { readonly [key: string]: JsonValue })),
      ...incompleteJson(incomplete)
    }
  }
  const notes = all.flatMap((each) => ("notes" in each ? each.notes : []))
  return {
    worst: doubted(found, incomplete),
    summary: [
      ...(incomplete === undefined ? [] : [messages.detail(incomplete)]),
      summarize(all, found, messages),
      ...notes
    ].join(messages.between),
    figures: perfdata(all, rules, now),
    // A query that fails is reported before any finding is printed.
    print: yield* findingsPrinter(all.map(rowOf), (where) => asDetails(renderDetails(all, where), input)),
    failures: all.flatMap(({ failure }) => failure ?? [])
  } satisfies CheckOutcome
})

/** One server or disk by its name or id. */
const checkOneResource = Effect.fnUntraced(function* (word: string, input: CheckInput, rules: FleetRules) {
  const settings = yield* resolveSettings(input)
  const doubt = listDoubt()
  const result = yield* findResource(word, settings, { until: "whole", onIncomplete: doubt.onIncomplete }).pipe(
    Effect.flatMap((resource) =>
      Effect.flatMap(resolveProject(word, settings), (project) => checkResource(resource, rules, wholeOf(project)))
    ),
    withSlowNotice({ what: word, debug: settings.debug }),
    Effect.catch((failure) => Effect.succeed(unavailable(word, failure)))
  )
  return { result, incomplete: doubt.reason() }
})

const checkAll = Effect.fnUntraced(function* (input: CheckInput) {
  yield* compileQuery
  const messages = yield* Messages
  const { expectations, now, rules } = yield* rulesFor(input)
  if (Option.isSome(input.from)) {
    const path = input.from.value
    const { backup } = yield* SavedResponseFile.read(path).pipe(within(yield* fromFlag(input.timeout), path))
    return {
      rules,
      now,
      all: [checkBackup(backup.id ?? path, backup, expectations, now, messages)],
      incomplete: undefined
    }
  }
  if (Option.isSome(input.resource)) {
    const { incomplete, result } = yield* checkOneResource(input.resource.value, input, { expectations, now, messages })
    return { rules, now, all: [result], incomplete }
  }
  const settings = yield* resolveSettings(input)
  const one = (word: string) =>
    Effect.match(
      Effect.flatMap(parseRef(word), (ref) => fetchBackup(ref, settings)),
      {
        onFailure: (failure) => unavailable(word, failure),
        onSuccess: ({ backup }) => checkBackup(word, backup, expectations, now, messages)
      }
    )
  const ids = yield* Stream.runCollect(readIds(input.ids)).pipe(within(settings.timeout, "cbr check"))
  // An empty list would keep every rule.
  if (ids.length === 0) return yield* misused("noIds", "giveIds")
  const [id = "", ...others] = ids
  const { debug } = settings
  const all = yield* others.length === 0
    ? Effect.map(one(id).pipe(withSlowNotice({ what: id, debug })), (only) => [only])
    : withProgress((count) =>
        Effect.forEach(
          ids,
          (each) => Effect.tap(one(each), ({ failure }) => Effect.sync(() => count(failure !== undefined))),
          { concurrency: 8 }
        )
      )
  return { rules, now, all: withFallbacks(all, messages), incomplete: undefined }
})
