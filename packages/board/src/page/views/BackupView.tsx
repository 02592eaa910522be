import {
  type BackupResp,
  driftText,
  health,
  healthText,
  levelVerdicts,
  ResourceType,
  type ShowBackupResponse
} from "@cbr/domain"
import * as DateTime from "effect/DateTime"
import { useEffect, useMemo } from "preact/hooks"
import { followBackup } from "../BackupClient.ts"
import { now } from "../Clock.ts"
import { escapeInvisible } from "../escapeInvisible.ts"
import { language, words } from "../Language.ts"
import { Breadcrumb } from "../parts/Breadcrumb.tsx"
import { FaultNotice } from "../parts/FaultNotice.tsx"
import { VerdictIcon } from "../parts/Icon.tsx"
import { StreamNotice } from "../parts/StreamNotice.tsx"
import { checkLine, curlLine, showLine, TerminalLines } from "../parts/TerminalLines.tsx"
import { Text } from "../parts/Text.tsx"
import type { Route } from "../Route.ts"
import type { Session } from "../Session.ts"
import { localText, utcText } from "../timeText.ts"
import { ChildBackupTree } from "./ChildBackupTree.tsx"
import { CopyList } from "./CopyList.tsx"
import { FieldList } from "./FieldList.tsx"
import { LifeCycle } from "./LifeCycle.tsx"
import { NotificationForm } from "./NotificationForm.tsx"
import { ResponseJson } from "./ResponseJson.tsx"
import { RestoreList } from "./RestoreList.tsx"

/** One backup, as `cbr show` says it, as a picture. */
export const BackupView = ({
  at,
  session
}: {
  readonly at: Extract<Route, { readonly view: "backup" }>
  readonly session: Session
}) => {
  const request = { project_id: at.project, backup_id: at.backup }
  const { end, followed } = useMemo(() => followBackup(session, request), [session, at.project, at.backup])
  useEffect(() => end, [end])
  const { backup: own, loading } = words.value
  const { changes, fault, isGone, response, stream } = followed.value
  if (response === undefined) {
    return fault === undefined && !isGone ? (
      <p role="status">{loading}</p>
    ) : (
      <>
        <Breadcrumb project={at.project} here={at.backup} />
        <FaultNotice fault={fault ?? { _tag: "Fault", kind: "missing", detail: undefined }} />
      </>
    )
  }
  const { backup } = response
  const name = backup.name ?? backup.id ?? at.backup
  const resource_id = backup.resource_id ?? backup.resource_name
  return (
    <article class="backup">
      <Breadcrumb
        project={at.project}
        here={name}
        {...(resource_id === undefined
          ? {}
          : { resource: { id: resource_id, name: backup.resource_name ?? resource_id } })}
      />
      <div class="heading">
        <h1>
          <Text of={name} />
        </h1>
        {isGone ? null : <StreamNotice state={stream} />}
      </div>
      {isGone ? (
        <p class="removed" role="alert">
          {own.gone}
        </p>
      ) : null}
      <Verdict backup={backup} changes={changes} />
      <Facts backup={backup} />
      <LifeCycle backup={backup} isGone={isGone} />
      <div class="pair">
        <ChildBackupTree backup={backup} />
        <CopyList backup={backup} />
      </div>
      <RestoreList backup={backup} />
      <NotificationForm session={session} request={request} backup={backup} name={name} />
      <FieldList backup={backup} />
      <DriftList response={response} />
      <ResponseJson raw={response.raw} />
      <TerminalLines
        lines={{
          "cbr show": showLine(request),
          ...(resource_id === undefined
            ? {}
            : { "cbr check": checkLine({ project_id: at.project, resource_id, resource_name: backup.resource_name }) }),
          curl: curlLine(request)
        }}
      />
    </article>
  )
}

const Verdict = ({ backup, changes }: { readonly backup: BackupResp; readonly changes: number }) => {
  const judged = health(backup, DateTime.makeUnsafe(now.value * 1000))
  const verdict = levelVerdicts[judged.level]
  return (
    // A new key for each change begins the highlight anew.
    <p key={changes} class={`verdict large ${verdict}${changes > 0 ? " changed" : ""}`} role="status">
      <VerdictIcon verdict={verdict} /> <Text of={healthText(judged, language.value)} />
      {changes > 0 ? <span class="unseen"> {words.value.backup.changed}</span> : null}
    </p>
  )
}

const Facts = ({ backup }: { readonly backup: BackupResp }) => {
  const { backup: own } = words.value
  const {
    created_at,
    expired_at,
    extend_info,
    protected_at,
    resource_id,
    resource_name,
    resource_size,
    resource_type,
    vault_id
  } = backup
  const moment = (time: BackupResp["created_at"], otherwise: string) =>
    time === undefined ? (
      otherwise
    ) : (
      <time dateTime={time.date.toISOString()} title={time.text}>
        {localText(time.epochMilliseconds / 1000, language.value)}{" "}
        <small class="quiet">({utcText(time.epochMilliseconds / 1000)} UTC)</small>
      </time>
    )
  const type =
    resource_type === undefined
      ? ""
      : ResourceType.isDocumented(resource_type)
        ? ResourceType.meanings[resource_type][language.value]
        : resource_type
  const auto = extend_info?.auto_trigger
  return (
    <dl class="facts">
      <div>
        <dt>{own.of}</dt>
        <dd>
          <Text of={resource_name ?? resource_id ?? own.notSaid} /> <small class="quiet">{type}</small>
        </dd>
      </div>
      <div>
        <dt>{own.taken}</dt>
        <dd>{moment(protected_at ?? created_at, own.notSaid)}</dd>
      </div>
      <div>
        <dt>{own.expires}</dt>
        <dd>{moment(expired_at, own.notSaid)}</dd>
      </div>
      <div>
        <dt>{own.size}</dt>
        <dd>{resource_size === undefined ? own.notSaid : `${resource_size} GB`}</dd>
      </div>
      <div>
        <dt>{own.made}</dt>
        <dd>{auto === undefined ? own.notSaid : auto ? own.bySchedule : own.byHand}</dd>
      </div>
      <div>
        <dt>{own.vault}</dt>
        <dd>
          <code>{vault_id ?? own.notSaid}</code>
        </dd>
      </div>
    </dl>
  )
}

/** The drift of an answer from the API's page. */
const DriftList = ({ response }: { readonly response: ShowBackupResponse }) => {
  const drift = useMemo(() => response.drift, [response])
  return drift.length === 0 ? null : (
    <section aria-labelledby="drift-heading">
      <h2 id="drift-heading">{words.value.backup.drift}</h2>
      <ul>
        {drift.map((each) => {
          const { actual, expected } = driftText(each)
          return (
            <li key={each.path}>
              <code>
                <Text of={each.path} />
              </code>
              {": "}
              {words.value.backup.departs(expected[language.value], escapeInvisible(actual[language.value]))}
            </li>
          )
        })}
      </ul>
    </section>
  )
}
