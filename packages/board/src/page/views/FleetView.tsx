import { Verdict } from "@cbr/domain"
import { useSignal, useSignalEffect } from "@preact/signals"
import { useEffect } from "preact/hooks"
import { changed, fleet, type FleetRow, fleetStream, openFleet, rows } from "../Fleet.ts"
import { words } from "../Language.ts"
import { show } from "../Location.ts"
import { FaultNotice } from "../parts/FaultNotice.tsx"
import { VerdictIcon } from "../parts/Icon.tsx"
import { Legend } from "../parts/Legend.tsx"
import { StreamNotice } from "../parts/StreamNotice.tsx"
import { VirtualRows } from "../parts/VirtualRows.tsx"
import type { FleetQuery, FleetRoute } from "../Route.ts"
import type { Session } from "../Session.ts"
import { FleetFilters } from "./FleetFilters.tsx"
import { FleetRowView } from "./FleetRowView.tsx"

/** Whether a row is one of those that are asked for. */
const matches = ({ judged, name, resource }: FleetRow, { type, vault, verdict, words: sought }: FleetQuery): boolean =>
  (verdict === "" || judged.verdict === verdict) &&
  (vault === "" || resource.vault === vault) &&
  (type === "" || resource.type === type) &&
  sought
    .toLowerCase()
    .split(/\s+/)
    .every((word) => name.toLowerCase().includes(word) || resource.id.toLowerCase().includes(word))

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
      <FleetFilters at={at} />
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
              <FleetRowView
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

/** The number of resources of each verdict; each number is a filter. */
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
