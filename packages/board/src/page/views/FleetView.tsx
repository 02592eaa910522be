import { ResourceType, Verdict } from "@cbr/domain"
import { useComputed, useSignal, useSignalEffect } from "@preact/signals"
import { useEffect } from "preact/hooks"
import { changed, fleet, type FleetRow, fleetStream, openFleet, rows } from "../Fleet.ts"
import { inert } from "../Inert.ts"
import { language, words } from "../Language.ts"
import { show } from "../Location.ts"
import { ageText, now } from "../Moment.ts"
import { FaultNotice } from "../parts/FaultNotice.tsx"
import { VerdictIcon } from "../parts/Icon.tsx"
import { Legend } from "../parts/Legend.tsx"
import { StreamNotice } from "../parts/StreamNotice.tsx"
import { nearestMark, StripPicture } from "../parts/StripPicture.tsx"
import { Text } from "../parts/Text.tsx"
import { VirtualRows } from "../parts/VirtualRows.tsx"
import { type FleetQuery, href, type Route, wholeFleet } from "../Route.ts"
import type { Session } from "../Session.ts"

type FleetRoute = Extract<Route, { readonly view: "fleet" }>

/** Whether a row is one of those that are asked for. */
const matches = ({ judged, name, resource }: FleetRow, { type, vault, verdict, words: sought }: FleetQuery): boolean =>
  (verdict === "" || judged.verdict === verdict) &&
  (vault === "" || resource.vault === vault) &&
  (type === "" || resource.type === type) &&
  sought
    .toLowerCase()
    .split(/\s+/)
    .every((word) => name.toLowerCase().includes(word) || resource.id.toLowerCase().includes(word))

/** The name of a type for people. */
export const typeText = (type: string | undefined): string =>
  type === undefined ? "" : ResourceType.isDocumented(type) ? ResourceType.meanings[type][language.value] : type

/** Heights of a row by the width of the page, where the style sheet lays it out otherwise. */
const widths = [
  { query: matchMedia("(max-width: 760px)"), height: 126 },
  { query: matchMedia("(max-width: 1080px)"), height: 92 },
  { query: matchMedia("(max-width: 1600px)"), height: 74 }
]

const rowHeight = (): number => widths.find(({ query }) => query.matches)?.height ?? 56

/** A row a server or disk, the worst first. */
export const FleetView = ({ at, session }: { readonly at: FleetRoute; readonly session: Session }) => {
  useEffect(() => openFleet(session, at.project), [session, at.project])
  const height = useSignal(rowHeight())
  useEffect(() => {
    const onChange = () => {
      height.value = rowHeight()
    }
    for (const { query } of widths) query.addEventListener("change", onChange)
    return () => {
      for (const { query } of widths) query.removeEventListener("change", onChange)
    }
  }, [])

  const { fleet: own, loading, span } = words.value
  const state = fleet.value
  if (state === undefined) return <p role="status">{loading}</p>
  if ("_tag" in state) return <FaultNotice fault={state} again={() => location.reload()} />
  const all = rows.value
  const shown = all.filter((row) => matches(row, at))
  const bad = all.filter(({ judged }) => judged.verdict === "critical").length
  return (
    <section class="fleet" aria-labelledby="fleet-heading">
      <div class="heading">
        <h1 id="fleet-heading" class={bad === 0 ? "ok" : "critical"}>
          {all.length === 0
            ? own.empty
            : bad === 0
              ? own.allGood(all.length, span(at.hours))
              : own.someBad(bad, all.length, span(at.hours))}
        </h1>
        <StreamNotice state={fleetStream.value} />
      </div>
      {state.incomplete ? <p role="alert">{own.incomplete}</p> : null}
      <Counts at={at} all={all} />
      <Filters at={at} />
      <div class="above">
        <p role="status" class="quiet">
          {shown.length === 0 && all.length > 0 ? own.noMatch : own.shown(shown.length, all.length)}
        </p>
        <Legend />
      </div>
      <div class="table" role="table" aria-label={own.heading} aria-rowcount={shown.length + 1}>
        <div role="rowgroup" class="head">
          <div role="row" aria-rowindex={1} class="row">
            <span role="columnheader">{own.columns.verdict}</span>
            <span role="columnheader">{own.columns.name}</span>
            <span role="columnheader">{own.columns.newest}</span>
            <span role="columnheader" class="strip-head">
              {own.columns.strip}
              <span class="quiet" aria-hidden="true">
                {own.daysAgo} → {own.today}
              </span>
            </span>
            <span role="columnheader" class="number">
              {own.columns.size}
            </span>
            <span role="columnheader">{own.columns.vault}</span>
          </div>
        </div>
        <VirtualRows count={shown.length} height={height.value} label={own.heading}>
          {(index, isActive) => {
            const row = shown[index]
            return row === undefined ? null : (
              <Row
                key={row.resource.id}
                row={row}
                index={index}
                project={at.project}
                height={height.value}
                isActive={isActive}
              />
            )
          }}
        </VirtualRows>
      </div>
      <Announcements />
    </section>
  )
}

/** A change, said once to a screen reader. */
const Announcements = () => {
  const said = useSignal("")
  useSignalEffect(() => {
    const [id] = [...changed.value.keys()].slice(-1)
    const row = rows.peek().find(({ resource }) => resource.id === id)
    if (row !== undefined) said.value = words.peek().fleet.changed(row.name)
  })
  return (
    <p class="unseen" role="status">
      {said.value}
    </p>
  )
}

/** How many there are of each verdict; each is a filter. */
const Counts = ({ all, at }: { readonly all: ReadonlyArray<FleetRow>; readonly at: FleetRoute }) => (
  <ul class="counts" aria-label={words.value.fleet.verdict}>
    {[...Verdict.literals].reverse().map((verdict) => {
      const count = all.filter(({ judged }) => judged.verdict === verdict).length
      const isChosen = at.verdict === verdict
      return (
        <li key={verdict}>
          <button
            type="button"
            class={`count ${verdict}`}
            aria-pressed={isChosen}
            onClick={() => show({ ...at, verdict: isChosen ? "" : verdict }, "replace")}
          >
            <VerdictIcon verdict={verdict} /> <strong>{count}</strong> {words.value.verdicts[verdict]}
          </button>
        </li>
      )
    })}
  </ul>
)

/** Hours that a backup may be old: some usual ones. */
const usualHours = [13, 26, 50, 24 * 7, 24 * 30]

const Filters = ({ at }: { readonly at: FleetRoute }) => {
  const { fleet: own, span } = words.value
  const refine = (part: Partial<FleetQuery>) => show({ ...at, ...part }, "replace")
  const vaults = useComputed(() => distinct(rows.value, "vault"))
  const types = useComputed(() => distinct(rows.value, "type"))
  const isFiltered = at.words !== "" || at.verdict !== "" || at.vault !== "" || at.type !== ""
  return (
    <form class="filters" role="search" onSubmit={(event) => event.preventDefault()}>
      <input
        type="search"
        aria-label={own.search}
        placeholder={own.search}
        value={at.words}
        onInput={({ currentTarget }) => refine({ words: currentTarget.value })}
      />
      <label>
        <span>{own.maxAge}</span>
        <select
          value={String(at.hours)}
          onChange={({ currentTarget }) => refine({ hours: Number(currentTarget.value) })}
        >
          {[...new Set([...usualHours, at.hours])]
            .sort((one, other) => one - other)
            .map((hours) => (
              <option key={hours} value={String(hours)}>
                {span(hours)}
              </option>
            ))}
        </select>
      </label>
      <select
        aria-label={own.verdict}
        value={at.verdict}
        onChange={({ currentTarget }) => refine({ verdict: currentTarget.value })}
      >
        <option value="">{own.anyVerdict}</option>
        {[...Verdict.literals].reverse().map((verdict) => (
          <option key={verdict} value={verdict}>
            {words.value.verdicts[verdict]}
          </option>
        ))}
      </select>
      <select
        aria-label={own.type}
        value={at.type}
        onChange={({ currentTarget }) => refine({ type: currentTarget.value })}
      >
        <option value="">{own.anyType}</option>
        {types.value.map((type) => (
          <option key={type} value={type}>
            {typeText(type)}
          </option>
        ))}
      </select>
      <select
        aria-label={own.vault}
        value={at.vault}
        onChange={({ currentTarget }) => refine({ vault: currentTarget.value })}
      >
        <option value="">{own.anyVault}</option>
        {vaults.value.map((vault) => (
          <option key={vault} value={vault}>
            {vault}
          </option>
        ))}
      </select>
      {isFiltered ? (
        <button type="button" onClick={() => show({ ...at, ...wholeFleet, hours: at.hours }, "replace")}>
          {own.clear}
        </button>
      ) : null}
    </form>
  )
}

const distinct = (all: ReadonlyArray<FleetRow>, field: "vault" | "type"): ReadonlyArray<string> =>
  [...new Set(all.flatMap(({ resource }) => resource[field] ?? []))].sort()

interface RowProps {
  readonly row: FleetRow
  readonly index: number
  readonly project: string
  readonly height: number
  readonly isActive: boolean
}

const Row = ({ height, index, isActive, project, row: { judged, name, resource } }: RowProps) => {
  const { fleet: own, verdicts } = words.value
  const isChanged = useComputed(() => changed.value.has(resource.id))
  const { verdict, whole } = judged
  const about = [typeText(resource.type), whyText(judged)].filter((text) => text !== "").join(" · ")
  return (
    <div
      role="row"
      class={`row ${verdict}${isChanged.value ? " changed" : ""}`}
      data-row={index}
      aria-rowindex={index + 2}
      style={{ top: `${index * height}px`, height: `${height}px` }}
    >
      <span role="cell" class={`verdict ${verdict}`}>
        <VerdictIcon verdict={verdict} /> {verdicts[verdict]}
      </span>
      <span role="cell" class="name">
        <a
          href={href({ view: "resource", project, resource: resource.id })}
          tabIndex={isActive ? 0 : -1}
          title={inert(name)}
        >
          <Text of={name} />
        </a>
        <small title={about}>{about}</small>
      </span>
      <span role="cell" class="age">
        {whole === undefined
          ? own.never
          : whole.at === 0
            ? "?"
            : own.ago(ageText(now.value - whole.at, language.value))}
      </span>
      <span
        role="cell"
        class="marks"
        onClick={({ clientX, currentTarget }) => {
          const { left, width } = currentTarget.getBoundingClientRect()
          const place = nearestMark(resource.strip, (clientX - left) / width)
          const backup = place === undefined ? undefined : resource.strip.ids[place]
          if (backup !== undefined) show({ view: "backup", project, backup })
        }}
      >
        <StripPicture strip={resource.strip} />
      </span>
      <span role="cell" class="number size">
        {resource.size === undefined ? "" : `${resource.size} GB`}
      </span>
      <span role="cell" class="vault">
        <code title={resource.vault}>{resource.vault?.slice(0, 8)}</code>
      </span>
    </div>
  )
}

/** Why a resource stands as it does, and what is newer. */
export const whyText = ({ newer, reason, verdict }: FleetRow["judged"]): string => {
  const { newer: news, reasons } = words.value
  const beside = reason === "none-whole" ? [] : [...new Set(newer.map(({ state }) => state))]
  return [
    verdict === "ok" ? "" : reasons[reason],
    ...beside.flatMap((state) => (state === "f" || state === "u" || state === "q" ? news[state] : []))
  ]
    .filter((text) => text !== "")
    .join(language.value === "zh" ? "；" : "; ")
}
