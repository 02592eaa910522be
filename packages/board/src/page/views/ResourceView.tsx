import { useComputed, useSignal } from "@preact/signals"
import { useEffect } from "preact/hooks"
import { type StripMark, marksOf } from "../../contract/StripMark.ts"
import { now } from "../Clock.ts"
import { fleet, fleetStream, openFleet, rows } from "../Fleet.ts"
import { language, words } from "../Language.ts"
import { show } from "../Location.ts"
import { MarkPicture, BackupTimeline } from "../parts/BackupTimeline.tsx"
import { Breadcrumb } from "../parts/Breadcrumb.tsx"
import { FaultNotice } from "../parts/FaultNotice.tsx"
import { VerdictIcon } from "../parts/Icon.tsx"
import { Legend } from "../parts/Legend.tsx"
import { StreamNotice } from "../parts/StreamNotice.tsx"
import { checkLine, TerminalLines } from "../parts/TerminalLines.tsx"
import { Text } from "../parts/Text.tsx"
import { resourceTypeText } from "../resourceTypeText.ts"
import { href, type Route } from "../Route.ts"
import type { Session } from "../Session.ts"
import { ageText, utcText } from "../timeText.ts"
import { whyText } from "./FleetRowView.tsx"

/** All backups of one server or disk, of which two can be compared. */
export const ResourceView = ({
  at,
  session
}: {
  readonly at: Extract<Route, { readonly view: "resource" }>
  readonly session: Session
}) => {
  useEffect(() => openFleet(session, at.project), [session, at.project])
  const { backup: ofBackup, loading, replicated, resource: own, verdicts } = words.value
  const state = fleet.value
  if (state === undefined) return <p role="status">{loading}</p>
  if ("_tag" in state) return <FaultNotice fault={state} />
  const row = rows.value.find(({ resource }) => resource.id === at.resource)
  if (row === undefined) return <p role="alert">{own.unknown}</p>
  const { judged, name, resource } = row
  const why = whyText(judged)
  const marks = marksOf(resource.strip)
  return (
    <article class="resource">
      <Breadcrumb project={at.project} here={name} />
      <div class="heading">
        <h1>
          <Text of={name} />
        </h1>
        <StreamNotice state={fleetStream.value} />
      </div>
      <p class={`verdict ${judged.verdict}`}>
        <VerdictIcon verdict={judged.verdict} /> <strong>{verdicts[judged.verdict]}</strong>
        {why === "" ? "" : ` · ${why}`}
      </p>
      <dl class="facts">
        <div>
          <dt>{words.value.fleet.type}</dt>
          <dd>{resourceTypeText(resource.type) || ofBackup.notSaid}</dd>
        </div>
        <div>
          <dt>{ofBackup.size}</dt>
          <dd>{resource.size === undefined ? ofBackup.notSaid : `${resource.size} GB`}</dd>
        </div>
        <div>
          <dt>{ofBackup.vault}</dt>
          <dd>
            <code>{resource.vault ?? ofBackup.notSaid}</code>
          </dd>
        </div>
        <div>
          <dt>ID</dt>
          <dd>
            <code>{resource.id}</code>
          </dd>
        </div>
      </dl>
      <div class="large-strip">
        <BackupTimeline strip={resource.strip} />
        <p class="quiet" aria-hidden="true">
          <span>{words.value.fleet.daysAgo}</span>
          <span>{words.value.fleet.today}</span>
        </p>
      </div>
      <Legend />
      <h2>{own.backups}</h2>
      {marks.length === 0 ? (
        <p>{own.noBackups}</p>
      ) : (
        <BackupTable marks={marks} project={at.project} replicated={replicated} />
      )}
      <TerminalLines
        lines={{
          "cbr check": checkLine({ project_id: at.project, resource_id: at.resource, resource_name: resource.name })
        }}
      />
    </article>
  )
}

const BackupTable = ({
  marks,
  project,
  replicated
}: {
  readonly marks: ReadonlyArray<StripMark>
  readonly project: string
  readonly replicated: string
}) => {
  const { fleet: ofFleet, marks: states, notReplicated, resource: own } = words.value
  // Where no backup of the project has a copy, nothing may be known of copies.
  const areCopied = useComputed(() => rows.value.some(({ resource }) => resource.strip.replicated.includes("1")))
  const chosen = useSignal<ReadonlyArray<string>>(marks.slice(0, 2).map(({ id }) => id))
  const [newer, older] = marks.filter(({ id }) => chosen.value.includes(id))
  return (
    <>
      {marks.length < 2 ? null : (
        <p class="compare">
          <button
            type="button"
            disabled={newer === undefined || older === undefined}
            onClick={() => {
              if (newer !== undefined && older !== undefined) {
                show({ view: "diff", project, before: older.id, after: newer.id })
              }
            }}
          >
            {own.compare}
          </button>{" "}
          <span class="quiet">{own.compareHint}</span>
        </p>
      )}
      <table class="backups">
        <thead>
          <tr>
            {marks.length < 2 ? null : (
              <th scope="col">
                <span class="unseen">{own.compare}</span>
              </th>
            )}
            <th scope="col">{own.taken}</th>
            <th scope="col">{own.state}</th>
            {areCopied.value ? <th scope="col">{own.copy}</th> : null}
          </tr>
        </thead>
        <tbody>
          {marks.map(({ at, id, replicated: isCopied, state }) => {
            const taken = at === 0 ? "?" : utcText(at)
            return (
              <tr key={id}>
                {marks.length < 2 ? null : (
                  <td>
                    <input
                      type="checkbox"
                      aria-label={own.choose(taken)}
                      checked={chosen.value.includes(id)}
                      onChange={({ currentTarget }) => {
                        // The last two that were chosen count.
                        const others = chosen.value.filter((other) => other !== id)
                        chosen.value = currentTarget.checked ? [...others, id].slice(-2) : others
                      }}
                    />
                  </td>
                )}
                <td>
                  <a href={href({ view: "backup", project, backup: id })}>{taken}</a>{" "}
                  <small class="quiet">
                    {at === 0 ? "" : ofFleet.ago(ageText(Math.max(0, now.value - at), language.value))}
                  </small>
                </td>
                <td>
                  <MarkPicture state={state} /> {states[state]}
                </td>
                {/* Of a backup in another state than good, its state says what became of its copies, or nothing does. */}
                {areCopied.value ? <td>{isCopied ? replicated : state === "w" ? notReplicated : ""}</td> : null}
              </tr>
            )
          })}
        </tbody>
      </table>
    </>
  )
}
