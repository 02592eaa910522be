import {
  age,
  type BackupResp,
  BackupStatus,
  health,
  HealthLevel,
  latestReplications,
  ReplicationStatus,
  type Timestamp
} from "@cbr/domain"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import * as BackupRef from "../values/BackupRef.ts"
import type { Format, RenderContext } from "./Format.ts"
import type * as Metrics from "./OpenMetricsText.ts"
import { printMetrics } from "./OpenMetricsText.ts"

/**
 * Gauges for a collector of OpenMetrics text, such as the textfile collector of
 * Prometheus. Families must not interleave, so all come at the end. A series
 * comes once, however often its backup was asked for: the last look counts.
 *
 * @source OpenMetrics 1.0
 */
export const openmetrics: Format = (surroundings) => {
  const samples: Array<Sample> = []
  return {
    next: (item) => {
      if (item._tag === "Value") return undefined
      samples.push(
        ...(item._tag === "Backup"
          ? samplesOf(item.response.backup, item.id === undefined ? undefined : idOf(item.id), surroundings)
          : [{ family: "up" as const, labels: { id: idOf(item.id) }, value: 0 }])
      )
      return undefined
    },
    end: () =>
      printMetrics(
        Object.fromEntries(Object.entries(families).map(([family, help]) => [`backup_${family}`, help])),
        samples.map(({ family, ...sample }) => ({ family: `backup_${family}`, ...sample }))
      )
  }
}

/** The id of a series, whichever reference named the backup. */
const idOf = (word: string): string =>
  Option.match(BackupRef.parse(word), { onNone: () => word, onSome: ({ backup_id }) => backup_id })

const families = {
  up: "Whether the backup could be shown.",
  info: "Names of the backup.",
  health: "1 for the level that the backup has: healthy, in-progress, degraded, unknown or failed.",
  status: "1 for the status that the backup has.",
  size_bytes: "Size of the resource.",
  age_seconds: "Age of the content.",
  created_timestamp_seconds: "When the backup was created.",
  expires_timestamp_seconds: "When the backup expires.",
  children: "Number of parts.",
  replication_status: "1 for the status that the newest known replication has.",
  replication_progress_ratio: "How far the replication has come."
}

type Family = keyof typeof families

interface Sample extends Metrics.Sample {
  readonly family: Family
}

const samplesOf = (backup: BackupResp, asked: string | undefined, { now }: RenderContext): ReadonlyArray<Sample> => {
  const { id = asked, name, project_id, resource_id, resource_name, resource_type, status, vault_id } = backup
  const known = (family: Family, value: number | undefined): ReadonlyArray<Sample> =>
    value === undefined ? [] : [{ family, labels: { id }, value }]
  const seconds = (time: Timestamp | undefined) => (time === undefined ? undefined : time.epochMicroseconds / 1e6)
  const old = age(backup, now)
  return [
    ...known("up", 1),
    { family: "info", labels: { id, name, project_id, resource_id, resource_name, resource_type, vault_id }, value: 1 },
    ...states(HealthLevel.literals, health(backup, now).level).map(([level, value]): Sample => ({
      family: "health",
      labels: { id, level },
      value
    })),
    ...states(BackupStatus.members, status).map(([state, value]): Sample => ({
      family: "status",
      labels: { id, status: state },
      value
    })),
    // The page's GB are 2^30 bytes, as disks are sized in this cloud.
    ...known("size_bytes", backup.resource_size === undefined ? undefined : backup.resource_size * 2 ** 30),
    ...known("age_seconds", old === undefined ? undefined : Math.trunc(Duration.toSeconds(old))),
    ...known("created_timestamp_seconds", seconds(backup.created_at)),
    ...known("expires_timestamp_seconds", seconds(backup.expired_at)),
    ...known("children", backup.children?.length),
    // An empty label equals an absent one.
    ...latestReplications(backup).flatMap((record): ReadonlyArray<Sample> => {
      const labels = { id, region: record.destination_region }
      const progress = record.extra_info?.progress
      return [
        ...states(ReplicationStatus.members, record.status).map(([state, value]): Sample => ({
          family: "replication_status",
          labels: { ...labels, status: state },
          value
        })),
        ...(progress === undefined
          ? []
          : [{ family: "replication_progress_ratio", labels, value: progress / 100 } as const])
      ]
    })
  ]
}

/** A series for each documented state and for the current one, so that alerts see a state end. */
const states = (members: ReadonlyArray<string>, is: string | undefined): ReadonlyArray<readonly [string, number]> =>
  [...new Set([...members, ...(is === undefined ? [] : [is])])].map((state) => [state, state === is ? 1 : 0])
