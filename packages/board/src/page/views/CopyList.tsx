import { type BackupResp, failureReasons, hasEnded, latestReplications, ReplicationStatus } from "@cbr/domain"
import { language, words } from "../Language.ts"
import { type Sign, VerdictIcon } from "../parts/Icon.tsx"
import { Text } from "../parts/Text.tsx"

/** The copies of a backup in other regions, with how far those on their way have come. */
export const CopyList = ({ backup }: { readonly backup: BackupResp }) => {
  const { aRegion, copies, copyTo, noCopies, notSaid, progress: label } = words.value.backup
  const records = latestReplications(backup)
  return (
    <section aria-labelledby="copies-heading">
      <h2 id="copies-heading">{copies}</h2>
      {records.length === 0 ? (
        <p class="quiet">{backup.replication_records === undefined ? notSaid : noCopies}</p>
      ) : null}
      <ul class="parts">
        {records.map(({ destination_region, extra_info, id, status }, index) => {
          const verdict = signOf(status)
          const region = destination_region ?? aRegion
          const progress = extra_info?.progress
          return (
            <li key={id ?? index}>
              <span class={`part ${verdict}`}>
                <VerdictIcon verdict={verdict} />
                <span>
                  <strong>
                    <Text of={copyTo(region)} />
                  </strong>{" "}
                  {status === undefined ? (
                    notSaid
                  ) : ReplicationStatus.isDocumented(status) ? (
                    ReplicationStatus.meanings[status][language.value]
                  ) : (
                    <Text of={status} />
                  )}
                  {hasEnded(status) ? null : (
                    <span class="progress">
                      <progress
                        max={100}
                        {...(progress === undefined ? {} : { value: Math.min(100, Math.max(0, progress)) })}
                        aria-label={`${label}: ${region}`}
                      />
                      {progress === undefined ? "" : ` ${progress}%`}
                    </span>
                  )}
                  {failureReasons(extra_info).map((reason) => (
                    <small key={reason} class="reason">
                      <Text of={reason} />
                    </small>
                  ))}
                </span>
              </span>
            </li>
          )
        })}
      </ul>
    </section>
  )
}

const signOf = (status: ReplicationStatus | undefined): Sign => {
  switch (status) {
    case "success":
      return "ok"
    case "fail":
    case "skip":
      return "warning"
    case "replicating":
    case "waiting_replicate":
      return "going"
    default:
      return "unknown"
  }
}
