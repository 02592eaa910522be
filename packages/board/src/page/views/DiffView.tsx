import { type BackupResp, diff, type FieldValue, type ShowBackupResponse, Timestamp } from "@cbr/domain"
import { useSignal } from "@preact/signals"
import { useEffect } from "preact/hooks"
import { fetchBackup } from "../BackupClient.ts"
import { escapeInvisible } from "../escapeInvisible.ts"
import { type Fault } from "../Fault.ts"
import { words } from "../Language.ts"
import { Breadcrumb } from "../parts/Breadcrumb.tsx"
import { FaultNotice } from "../parts/FaultNotice.tsx"
import { Text } from "../parts/Text.tsx"
import { href, type Route } from "../Route.ts"
import type { Session } from "../Session.ts"

interface Compared {
  readonly before: ShowBackupResponse
  readonly after: ShowBackupResponse
}

/** The changes from one backup to another, as `cbr diff` gives them. */
export const DiffView = ({
  at,
  session
}: {
  readonly at: Extract<Route, { readonly view: "diff" }>
  readonly session: Session
}) => {
  const compared = useSignal<Compared | Fault | undefined>(undefined)
  useEffect(() => {
    const abort = new AbortController()
    const ask = (backup_id: string) => fetchBackup(session.ask, { project_id: at.project, backup_id }, abort.signal)
    const compare = async () => {
      const [before, after] = await Promise.all([ask(at.before), ask(at.after)])
      if (abort.signal.aborted) return
      compared.value =
        before._tag === "Fault" ? before : after._tag === "Fault" ? after : { before: before.value, after: after.value }
    }
    void compare()
    return () => abort.abort()
  }, [session, at.project, at.before, at.after])
  const { backup: ofBackup, diff: own, loading } = words.value
  const value = compared.value
  if (value === undefined) return <p role="status">{loading}</p>
  if ("_tag" in value) return <FaultNotice fault={value} />
  const before = value.before.backup
  const after = value.after.backup
  const changes = diff(before, after)
  const resource_id = after.resource_id ?? after.resource_name
  return (
    <article class="diff">
      <Breadcrumb
        project={at.project}
        here={own.heading}
        {...(resource_id === undefined
          ? {}
          : { resource: { id: resource_id, name: after.resource_name ?? resource_id } })}
      />
      <h1>{own.heading}</h1>
      <p>
        {own.before}: <Named backup={before} id={at.before} project={at.project} /> · {own.after}:{" "}
        <Named backup={after} id={at.after} project={at.project} /> ·{" "}
        <a href={href({ ...at, before: at.after, after: at.before })}>{own.swap}</a>
      </p>
      <p role="status">{changes.length === 0 ? own.same : own.changes(changes.length)}</p>
      {changes.length === 0 ? null : (
        <div class="scroll" tabIndex={0} role="region" aria-label={own.heading}>
          <table>
            <thead>
              <tr>
                <th scope="col">{own.field}</th>
                <th scope="col">{own.before}</th>
                <th scope="col">{own.after}</th>
              </tr>
            </thead>
            <tbody>
              {changes.map((change) => (
                <tr key={change.path}>
                  <th scope="row">
                    <code>
                      <Text of={change.path} />
                    </code>
                  </th>
                  <Value of={change.before} class="before" missing={own.nothing} />
                  <Value of={change.after} class="after" missing={own.nothing} />
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <p class="quiet">{ofBackup.linesHint}</p>
      <pre tabIndex={0} role="region" aria-label="cbr">
        <code>{`CBR_TOKEN=$KEY cbr diff ${at.before} ${at.after} --project-id ${at.project} --endpoint ${location.origin}`}</code>
      </pre>
    </article>
  )
}

const Named = ({
  backup,
  id,
  project
}: {
  readonly backup: BackupResp
  readonly id: string
  readonly project: string
}) => (
  <a href={href({ view: "backup", project, backup: id })}>
    <Text of={backup.name ?? id} /> {backup.created_at?.text.slice(0, 16).replace("T", " ")}
  </a>
)

const Value = ({
  class: name,
  missing,
  of
}: {
  readonly of: FieldValue | undefined
  readonly class: string
  readonly missing: string
}) => (
  <td class={of === undefined ? "quiet" : typeof of === "object" && !(of instanceof Timestamp) ? "" : name}>
    {of === undefined ? (
      missing
    ) : of instanceof Timestamp ? (
      <Text of={of.text} />
    ) : typeof of === "object" ? (
      <Whole of={of} />
    ) : (
      <Text of={String(of)} />
    )}
  </td>
)

/** A part that came or went as a whole: its name, and all of it where the reader asks. */
const Whole = ({ of }: { readonly of: object }) => {
  const { destination_region, id, name, resource_name } = of as Readonly<Record<string, string | undefined>>
  return (
    <details>
      <summary>
        <Text of={resource_name ?? destination_region ?? name ?? id ?? "{…}"} />
      </summary>
      <pre>{JSON.stringify(of, null, 2).split("\n").map(escapeInvisible).join("\n")}</pre>
    </details>
  )
}
