import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import type { CachedBackupsLimits } from "../cache/CachedBackups.ts"
import { QuotaLimits } from "../callers/Quotas.ts"
import { ReplayOfReads } from "../callers/Replay.ts"
import type { Configuration } from "../configuration/Configuration.ts"
import { BatchLimits, mostAnswerBytes } from "../policy/BatchLimits.ts"
import { CacheRules } from "../policy/CacheRules.ts"
import { defaultLiveRules, LiveRules } from "../policy/LiveRules.ts"
import { TimeLimits } from "../policy/TimeLimit.ts"
import { LowClasses } from "../upstream/Shedding.ts"

type Sections = Pick<Configuration, "cache" | "limits" | "live" | "projects" | "quotas" | "signatures">

/** What a configuration says of how each request is answered; comes into force with it. */
export const requestRules = ({ cache, limits, live, projects, quotas, signatures }: Sections): Context.Context<never> =>
  Context.empty().pipe(
    Context.add(CacheRules, {
      fresh: {
        available: cache.fresh_seconds.available,
        error: cache.fresh_seconds.error,
        partMoving: cache.fresh_seconds.part_moving,
        moving: cache.fresh_seconds.moving,
        unknown: cache.fresh_seconds.unknown,
        notFound: cache.fresh_seconds.not_found,
        notFoundAfterDeleting: cache.fresh_seconds.not_found_after_deleting
      },
      jitter: cache.jitter_percent / 100,
      staleWhileRevalidate: cache.stale_while_revalidate_seconds,
      staleIfError: cache.stale_if_error_seconds,
      betweenForced: 1 / cache.bypasses_per_second
    }),
    Context.add(QuotaLimits, {
      ...quotaLimits(quotas),
      ...(Object.keys(projects).length === 0 ? {} : { projects: new Set(Object.keys(projects)) })
    }),
    Context.add(LowClasses, lowClasses(quotas)),
    Context.add(ReplayOfReads, signatures.replay),
    Context.add(TimeLimits, { unlessGiven: limits.deadline_ms, longest: limits.longest_deadline_ms }),
    Context.add(BatchLimits, {
      items: limits.batch_items,
      atOnce: limits.batch_concurrency,
      requestBytes: limits.batch_bytes,
      answerBytes: mostAnswerBytes
    }),
    Context.add(LiveRules, {
      ...defaultLiveRules,
      moving: Duration.seconds(live.poll_moving_seconds),
      atRest: Duration.seconds(live.poll_at_rest_seconds),
      lifetime: Duration.minutes(live.stream_minutes),
      places: live.streams_per_caller,
      longestWait: Duration.seconds(live.longest_wait_seconds)
    })
  )

/** What a configuration says of the room for all requests together; fixed while the proxy runs. */
export const roomOf = ({ cache, limits }: Pick<Sections, "cache" | "limits">): CachedBackupsLimits => ({
  cache: { entries: cache.entries, bytes: cache.bytes },
  queue: {
    calls: limits.upstream_calls,
    waiting: limits.queue,
    patience: Duration.millis(limits.queue_wait_ms)
  }
})

const lowClasses = ({ classes }: Sections["quotas"]): ReadonlySet<string> =>
  new Set(Object.keys(classes).filter((name) => classes[name]?.priority === "low"))

const quotaLimits = ({
  classes,
  failed_sign_ins_per_minute: failures,
  upstream_per_project_per_second: perSecond
}: Sections["quotas"]): QuotaLimits => {
  const callers = Object.fromEntries(
    Object.entries(classes).map(([name, { burst, requests_per_second }]) => [
      name,
      { perSecond: requests_per_second, burst }
    ])
  )
  return {
    callers: { default: { perSecond: 50, burst: 100 }, ...callers },
    // Ten seconds' worth, so that a whole batch can be fetched by who has had nothing fetched before.
    project: { perSecond, burst: Math.max(1, Math.floor(10 * perSecond)) },
    failedSignIns: { perSecond: failures / 60, burst: failures }
  }
}
