import { type BackupResp, BackupStatus, health, levelVerdicts } from "@cbr/domain"
import * as DateTime from "effect/DateTime"
import { now } from "../Clock.ts"
import { language, words } from "../Language.ts"
import { VerdictIcon } from "../parts/Icon.tsx"
import { Text } from "../parts/Text.tsx"

/** The parts of a backup, at any depth, each with its state. */
export const ChildBackupTree = ({ backup: { children = [] } }: { readonly backup: BackupResp }) => {
  const { noParts, parts } = words.value.backup
  return (
    <section aria-labelledby="parts-heading">
      <h2 id="parts-heading">{parts}</h2>
      {children.length === 0 ? <p class="quiet">{noParts}</p> : <Parts of={children} />}
    </section>
  )
}

/** Levels that are shown; what nests deeper is in the JSON. */
const maxDepth = 20

const Parts = ({ depth = 0, of }: { readonly of: ReadonlyArray<BackupResp>; readonly depth?: number }) => (
  <ul class="parts">
    {of.map((part, index) => {
      const { children = [], extend_info, id, name, resource_name, resource_size, status } = part
      const { level } = health(part, DateTime.makeUnsafe(now.value * 1000))
      const verdict = level === "in-progress" ? "going" : levelVerdicts[level]
      const isSystem = extend_info?.system_disk === true || extend_info?.bootable === true
      return (
        <li key={id ?? index}>
          <span class={`part ${verdict}`}>
            <VerdictIcon verdict={verdict} />
            <span>
              <strong>
                <Text of={resource_name ?? name ?? id ?? String(index + 1)} />
              </strong>{" "}
              <StatusText status={status} />
              <small class="quiet">
                {[
                  resource_size === undefined ? "" : `${resource_size} GB`,
                  isSystem ? words.value.backup.systemDisk : "",
                  extend_info?.encrypted === true ? words.value.backup.encrypted : ""
                ]
                  .filter((text) => text !== "")
                  .map((text) => ` · ${text}`)}
              </small>
            </span>
          </span>
          {children.length === 0 || depth >= maxDepth ? null : <Parts of={children} depth={depth + 1} />}
        </li>
      )
    })}
  </ul>
)

/** A status in words; one that the page does not list as it came. */
const StatusText = ({ status }: { readonly status: BackupStatus | undefined }) => {
  if (status === undefined) return <span>{words.value.backup.notSaid}</span>
  return BackupStatus.isDocumented(status) ? (
    <span>{BackupStatus.meanings[status][language.value]}</span>
  ) : (
    <Text of={status} />
  )
}
