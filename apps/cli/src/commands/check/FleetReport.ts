import { type JsonValue, parseJson } from "@cbr/client/jmespath"
import { Verdict } from "@cbr/domain"
import { monitoringStates } from "../../exit/ExitCodes.ts"
import type { Messages } from "../../messages/Messages.ts"
import type { RenderContext } from "../../output/Format.ts"
import { printMetrics, type Sample } from "../../output/OpenMetricsText.ts"
import { type Piece, paint } from "../../text/Style.ts"
import { layOutTable } from "../../text/TableLayout.ts"
import { describeFinding, doubted, incompleteJson, stateOf, toJson } from "./BackupCheck.ts"
import type { CheckPolicy } from "./CheckPolicy.ts"
import type { FleetResult, ResourceResult } from "./FleetCheck.ts"
import { agedSeconds, limitsOf } from "./Perfdata.ts"
import { texts } from "./texts.ts"

/** Verdicts from the gravest. */
const gravestFirst = Verdict.literals.toReversed()

const countOf = (results: ReadonlyArray<ResourceResult>, verdict: Verdict): number =>
  results.filter((result) => result.verdict === verdict).length

/** The gravest resource in a few words, and how many there are of each verdict. */
export const summarizeFleet = (
  { contradicted, gone, ignored, incomplete, results, unlisted }: FleetResult,
  messages: Messages
): string => {
  const words = messages.pick(texts).fleet
  const [worst] = results
  const counts = gravestFirst.flatMap((verdict) => {
    const count = countOf(results, verdict)
    return count === 0 ? [] : [words.count(count, monitoringStates[verdict].word)]
  })
  const beside = [...(ignored === 0 ? [] : [words.ignored(ignored)]), ...(gone === 0 ? [] : [words.gone(gone)])]
  return [
    words.of(results.length, [...counts, ...beside]),
    ...(contradicted.length === 0 ? [] : [words.contradicted(contradicted)]),
    ...(incomplete === undefined ? [] : [messages.detail(incomplete)]),
    ...(worst === undefined || isWell(worst) ? [] : [messages.named(worst.name, reasonOf(worst, messages))]),
    ...(unlisted === undefined ? [] : [words.unlisted[unlisted]])
  ].join(messages.between)
}

/** Whether every rule is kept; of a list that may be incomplete the verdict is not OK all the same. */
const isWell = ({ localizedFindings }: ResourceResult): boolean =>
  localizedFindings.every(({ verdict }) => verdict === "ok")

/** The reason of a resource's verdict: its findings, the gravest first, and its notes. */
const reasonOf = ({ localizedFindings, notes, verdict }: ResourceResult, messages: Messages): string => {
  const wanting = localizedFindings.filter((finding) => finding.verdict !== "ok")
  const first =
    wanting.find((finding) => finding.verdict === verdict && finding.rule === "healthy") ??
    wanting.find((finding) => finding.verdict === verdict) ??
    wanting[0]
  const others = wanting.filter((finding) => finding !== first)
  return [
    ...(first === undefined ? [] : [first, ...others].map((finding) => describeFinding(finding, messages))),
    ...notes
  ].join(messages.between)
}

/** Figures for the graphs of a monitoring system: resources by verdict, and the greatest age of a newest whole backup. */
export const fleetPerfdata = ({ gone, ignored, results }: FleetResult, rules: CheckPolicy): ReadonlyArray<string> => {
  const ages = results.flatMap(({ age }) => agedSeconds(age))
  return [
    ...Verdict.literals.map((verdict) => `${verdict}=${countOf(results, verdict)}`),
    `total=${results.length}`,
    ...(ignored === 0 ? [] : [`ignored=${ignored}`]),
    ...(gone === 0 ? [] : [`gone=${gone}`]),
    ...(ages.length === 0 ? [] : [`oldest_age=${Math.max(...ages)}s${limitsOf(rules)}`])
  ]
}

/** A row for each resource that is not well or has news; the others are counted. */
export const renderFleet = ({ incomplete, results }: FleetResult, where: RenderContext): string => {
  const words = where.messages.pick(texts).fleet
  const groups = [...new Set(results.map(({ group }) => group))]
  const linesOf = (members: ReadonlyArray<ResourceResult>): ReadonlyArray<ReadonlyArray<Piece>> => {
    const shown = members.filter((result) => !isWell(result) || result.notes.length > 0)
    return [
      ...shown.map((result) => [stateOf(result.verdict), result.name, reasonOf(result, where.messages)]),
      ...(shown.length === members.length
        ? []
        : [[stateOf(doubted("ok", incomplete)), words.others(members.length - shown.length, shown.length > 0)]])
    ]
  }
  return groups
    .map((group) => {
      const members = results.filter((result) => result.group === group)
      const table = layOutTable(linesOf(members), where)
      return group === undefined ? table : `${paint([{ text: group, tone: "strong" }], where.colour)}\n${table}`
    })
    .join("\n")
}

/** A resource in English, as all data are. */
export const resourceJson = (result: ResourceResult): { readonly [key: string]: JsonValue } => ({
  resource_id: result.resource_id ?? null,
  resource_name: result.backup?.resource_name ?? (result.resource_id === undefined ? result.name : null),
  ...(result.group === undefined ? {} : { group: result.group }),
  age_seconds: agedSeconds(result.age)[0] ?? null,
  ...(toJson(result) as { readonly [key: string]: JsonValue }),
  id: result.backup?.id ?? null,
  newer: result.newer.map(({ backup, health }) => ({
    id: backup.id ?? null,
    health: parseJson(JSON.stringify(health))
  }))
})

/** Each resource, in English. */
export const fleetJson = ({ incomplete, results, unlisted }: FleetResult): ReadonlyArray<JsonValue> =>
  results.map((result) => ({
    ...resourceJson(result),
    ...incompleteJson(incomplete),
    ...(unlisted === undefined ? {} : { replications: unlisted })
  }))

/**
 * Gauges of the whole fleet for a collector: one scrape.
 *
 * @source OpenMetrics 1.0
 */
export const fleetMetrics = ({ gone, ignored, results }: FleetResult): string => {
  const labelsOf = ({ backup, name, resource_id }: ResourceResult) => ({
    resource_id,
    resource_name: backup?.resource_name ?? name,
    vault_id: backup?.vault_id
  })
  const samples: Array<Sample> = results.flatMap((result) => {
    const labels = labelsOf(result)
    const { age, backup } = result
    return [
      ...Verdict.literals.map((verdict) => ({
        family: "resource_verdict",
        labels: { ...labels, verdict },
        value: verdict === result.verdict ? 1 : 0
      })),
      ...agedSeconds(age).map((value) => ({ family: "resource_age_seconds", labels, value })),
      ...(backup?.created_at === undefined
        ? []
        : [
            {
              family: "resource_backup_created_timestamp_seconds",
              labels,
              value: backup.created_at.epochMicroseconds / 1e6
            }
          ])
    ]
  })
  const totals = [
    ...Verdict.literals.map((verdict) => ({ labels: { verdict }, value: countOf(results, verdict) })),
    { labels: { verdict: "ignored" }, value: ignored },
    { labels: { verdict: "gone" }, value: gone }
  ].map((sample): Sample => ({ family: "resources", ...sample }))
  return printMetrics(families, [...totals, ...samples])
}

const families = {
  resources: "Servers and disks by their verdict.",
  resource_verdict: "1 for the verdict that the resource has: ok, warning, unknown or critical.",
  resource_age_seconds: "Age of the newest whole backup's content.",
  resource_backup_created_timestamp_seconds: "When the judged backup was created."
}
