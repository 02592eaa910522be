import type { FailureDetail } from "@cbr/client"
import {
  age,
  assessMissing,
  assessResource,
  type BackupResp,
  descendants,
  type Expectations,
  Fleet,
  gravityOfVerdict,
  type Health,
  health,
  type ResourceBackups,
  type ShowBackupResponse,
  type WithBackup
} from "@cbr/domain"
import type * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { ListTarget } from "../../calls/ListTarget.ts"
import { Failure } from "../../failures/Failure.ts"
import { Messages } from "../../messages/Messages.ts"
import { type CheckResult, doubted } from "./BackupCheck.ts"
import { type FleetSelection, matching, isGone, groupOf } from "./FleetSelection.ts"

/** The result of checking one server or disk. */
export interface ResourceResult extends CheckResult {
  readonly resource_id: string | undefined
  readonly group: string | undefined
  /** Newer backups that failed or are under way, each with its health. */
  readonly newer: ReadonlyArray<{ readonly backup: BackupResp; readonly health: Health }>
  /** Beside the findings: a newer backup that failed or is under way. */
  readonly notes: ReadonlyArray<string>
  /** The age of the newest whole backup. */
  readonly age: Duration.Duration | undefined
}

/** The result of checking all resources. */
export interface FleetResult {
  /** One a resource, the worst first. */
  readonly results: ReadonlyArray<ResourceResult>
  /** The number of resources that `--ignore` leaves out. */
  readonly ignored: number
  /** Names and ids that must have a backup and are ignored all the same. */
  readonly contradicted: ReadonlyArray<string>
  /** Names and patterns of those to ignore that match no resource. */
  readonly unmatched: ReadonlyArray<string>
  /** Resources without a backup since the moment that was given. */
  readonly gone: number
  /** The reason why the list may lack backups. */
  readonly incomplete?: FailureDetail | undefined
  /** The reason why a list has no replications, if a rule depends on them: it was saved, or answered, without them. */
  readonly unlisted: "not-saved" | "not-answered" | undefined
}

/** The rules, the time and the language of a check. */
export interface FleetRules {
  readonly expectations: Expectations
  readonly now: DateTime.Utc
  readonly messages: Messages
}

/** Fetches a backup whole, where a list left its replications out. */
export type FetchWhole = (backup: BackupResp) => Effect.Effect<ShowBackupResponse | undefined>

/** Calls at once. */
const concurrency = 8

/** Checks each resource that a list of backups has, and those that it should have. */
export const checkFleet = Effect.fnUntraced(function* <R>(
  backups: Stream.Stream<ShowBackupResponse, Failure, R>,
  selection: FleetSelection,
  rules: FleetRules,
  fetchWhole?: FetchWhole
) {
  const fleet = new Fleet<WithBackup>(rules.now)
  // The text of a backup is not kept: a fleet has many.
  let hasReplications = false
  yield* Stream.runForEach(backups, ({ backup }) =>
    Effect.sync(() => {
      hasReplications ||= isReplicated(backup) || descendants(backup).some(({ part }) => isReplicated(part))
      fleet.add({ backup })
    })
  )
  const all = hasReplications ? fleet.resources() : fleet.resources().map(withoutReplications)
  const isIgnored = matching(selection.ignored)
  const kept = all.filter((resource) => !isIgnored(resource))
  const expected = new Set(selection.expected)
  const isExpected = ({ resource_id = "", resource_name = "" }: ResourceBackups) =>
    expected.has(resource_id) || expected.has(resource_name)
  const present = kept.filter((resource) => isExpected(resource) || !isGone(resource, selection, rules.now))
  const judged = yield* Effect.forEach(present, (resource) => checkResource(resource, rules, fetchWhole), {
    concurrency
  })
  const names = new Set(kept.flatMap(({ resource_id, resource_name }) => [resource_id, resource_name]))
  const leftOut = new Set(
    all.filter(isIgnored).flatMap(({ resource_id, resource_name }) => [resource_id, resource_name])
  )
  const unmet = selection.expected.filter((name) => !names.has(name))
  const isContradicted = (name: string) => leftOut.has(name) || isIgnored({ resource_id: name, resource_name: name })
  const missing = unmet.filter((name) => !isContradicted(name)).map((name) => missingResult(name, rules))
  const doubles = new Set(judged.map(({ name }) => name).filter((name, index, names) => names.indexOf(name) !== index))
  return {
    results: [...judged, ...missing]
      .map((result) => ({
        ...result,
        name: doubles.has(result.name) ? `${result.name} (${result.resource_id ?? ""})` : result.name,
        group: groupOf(result.backup, selection)
      }))
      .sort(worstFirst),
    ignored: all.length - kept.length,
    contradicted: unmet.filter(isContradicted),
    unmatched: selection.ignored.filter((pattern) => !all.some(matching([pattern]))),
    gone: kept.length - present.length,
    unlisted: hasReplications ? undefined : unlistedFor(rules.expectations, fetchWhole)
  } satisfies FleetResult
})

const isReplicated = ({ replication_records = [] }: BackupResp): boolean => replication_records.length > 0

const unlistedFor = (
  { healthy, replicated }: Expectations,
  fetchWhole: FetchWhole | undefined
): FleetResult["unlisted"] => {
  if (fetchWhole === undefined) return healthy === undefined && replicated === undefined ? undefined : "not-saved"
  // The check fetches each backup whole if a flag names a region.
  return healthy === undefined || replicated !== undefined ? undefined : "not-answered"
}

/** Doubts the result for a list that may be incomplete: no resource is certainly well. */
export const doubtFleet = (found: FleetResult, incomplete: FailureDetail | undefined): FleetResult => ({
  ...found,
  results: found.results.map((result) => ({ ...result, verdict: doubted(result.verdict, incomplete) })),
  incomplete
})

/** Holds one resource against the rules; its judged backup is fetched whole where a copy is expected and none was listed. */
export const checkResource = Effect.fnUntraced(function* (
  resource: ResourceBackups,
  { expectations, messages, now }: FleetRules,
  fetchWhole?: FetchWhole
): Effect.fn.Return<ResourceResult> {
  const first = assessResource(resource, expectations, now)
  const lacksCopies =
    first.judged !== undefined &&
    (first.judged.backup.replication_records ?? []).length === 0 &&
    first.findings.some(({ rule, verdict }) => rule === "replicated" && verdict !== "ok")
  const fetched = lacksCopies && fetchWhole !== undefined ? yield* fetchWhole(first.judged.backup) : undefined
  const known = fetched === undefined ? resource : withFetched(resource, first.judged, fetched)
  const { findings, judged, newer, notes, verdict } =
    fetched === undefined ? first : assessResource(known, expectations, now)
  const localized = messages.locale === "en" ? undefined : assessResource(known, expectations, now, messages.locale)
  return {
    name: resource.resource_name ?? resource.resource_id ?? resource.newest.backup.id ?? "?",
    resource_id: resource.resource_id,
    group: undefined,
    verdict,
    findings,
    localizedFindings: localized?.findings ?? findings,
    newer: newer.map(({ backup }) => ({ backup, health: health(backup, now) })),
    notes: localized?.notes ?? notes,
    backup: judged?.backup,
    health: judged === undefined ? undefined : health(judged.backup, now),
    age: resource.whole === undefined ? undefined : age(resource.whole.backup, now),
    failure: undefined
  }
})

const withFetched = (
  resource: ResourceBackups,
  judged: WithBackup | undefined,
  fetched: ShowBackupResponse
): ResourceBackups => withEach(resource, (item) => (item === judged ? fetched : item))

/** A list in which no backup has a replication tells nothing of them: they are unknown, and not known to be missing. */
const withoutReplications = (resource: ResourceBackups): ResourceBackups =>
  withEach(resource, ({ backup: { replication_records: _, ...backup } }) => ({ backup }))

const withEach = (resource: ResourceBackups, replaced: (item: WithBackup) => WithBackup): ResourceBackups => {
  const each = (item: WithBackup | undefined) => (item === undefined ? undefined : replaced(item))
  return {
    ...resource,
    newest: replaced(resource.newest),
    whole: each(resource.whole),
    wholeBefore: each(resource.wholeBefore),
    underWay: each(resource.underWay),
    failed: each(resource.failed)
  }
}

const missingResult = (name: string, { messages }: FleetRules): ResourceResult => {
  const { findings, notes, verdict } = assessMissing()
  return {
    name,
    resource_id: undefined,
    group: undefined,
    verdict,
    findings,
    localizedFindings: assessMissing(messages.locale).findings,
    newer: [],
    notes,
    backup: undefined,
    health: undefined,
    age: undefined,
    failure: undefined
  }
}

/** The worst first; of one verdict the oldest first, and then by name. */
const worstFirst = (one: ResourceResult, other: ResourceResult): number => {
  const old = ({ age }: ResourceResult) => (age === undefined ? Number.POSITIVE_INFINITY : Duration.toMillis(age))
  const byVerdict = gravityOfVerdict(other.verdict) - gravityOfVerdict(one.verdict)
  if (byVerdict !== 0) return byVerdict
  if (old(one) !== old(other)) return old(one) > old(other) ? -1 : 1
  return one.name < other.name ? -1 : one.name > other.name ? 1 : 0
}

/** A backup whole; nothing where it cannot be had, whose listed form is judged then. */
export const wholeOf =
  ({ client, project_id }: ListTarget): FetchWhole =>
  ({ id }) =>
    id === undefined
      ? Effect.undefined
      : client.showBackup({ project_id, backup_id: id }).pipe(Effect.catch(() => Effect.undefined))
