import * as Context from "effect/Context"
import type { BackupCacheLimits } from "../cache/BackupCache.ts"
import { QuotaLimits } from "../callers/RateLimits.ts"
import { ReplayOfReads } from "../callers/ReplayProtection.ts"
import type { Configuration } from "../configuration/Configuration.ts"
import { BoardPolicy } from "../policy/BoardPolicy.ts"
import { CachePolicy } from "../policy/CachePolicy.ts"
import { LimitsPolicy } from "../policy/LimitsPolicy.ts"
import { defaultLivePolicy, LivePolicy } from "../policy/LivePolicy.ts"
import { LowPriorityClasses } from "../upstream/LoadShedding.ts"

type Sections = Pick<Configuration, "board" | "cache" | "limits" | "live" | "projects" | "quotas" | "signatures">

/** The policies of a configuration for each request; they come into force with it. */
export const requestPolicies = ({
  board,
  cache,
  limits,
  live,
  projects,
  quotas,
  signatures
}: Sections): Context.Context<never> =>
  Context.empty().pipe(
    Context.add(BoardPolicy, board),
    Context.add(CachePolicy, cache),
    Context.add(LimitsPolicy, limits),
    Context.add(LivePolicy, { ...defaultLivePolicy, ...live }),
    Context.add(QuotaLimits, {
      ...quotaLimits(quotas),
      ...(Object.keys(projects).length === 0 ? {} : { projects: new Set(Object.keys(projects)) })
    }),
    Context.add(LowPriorityClasses, lowClasses(quotas)),
    Context.add(ReplayOfReads, signatures.replay)
  )

/** The limits of a configuration for all requests together; fixed while the proxy runs. */
export const roomOf = ({ cache, limits }: Pick<Sections, "cache" | "limits">): BackupCacheLimits => ({
  cache,
  queue: limits
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
    // Ten seconds' worth, so that a caller that has had nothing fetched can have a whole batch fetched.
    project: { perSecond, burst: Math.max(1, Math.floor(10 * perSecond)) },
    failedSignIns: { perSecond: failures / 60, burst: failures }
  }
}
