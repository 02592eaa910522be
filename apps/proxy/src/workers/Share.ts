import type { Configuration } from "../configuration/Configuration.ts"

/**
 * A worker's part of what a configuration grants to all, so that what it says
 * holds for the process as a whole: a connection, and so mostly a caller,
 * stays with one worker, and the others cannot know what it has had. Rates are
 * divided exactly; of what is counted each has one at least.
 */
export const shareOf = (configuration: Configuration, workers: number): Configuration => {
  if (workers === 1) return configuration
  const { cache, limits, live, quotas, redis } = configuration
  return {
    ...configuration,
    cache: {
      ...cache,
      entries: part(cache.entries, workers),
      bytes: part(cache.bytes, workers),
      bypasses_per_second: cache.bypasses_per_second / workers
    },
    limits: {
      ...limits,
      upstream_calls: part(limits.upstream_calls, workers),
      queue: part(limits.queue, workers),
      connections: part(limits.connections, workers),
      connections_per_address: part(limits.connections_per_address, workers)
    },
    live: { ...live, streams_per_caller: part(live.streams_per_caller, workers) },
    // Quotas that replicas have in common are the workers' in common too: each is one more replica.
    ...(redis === undefined ? {} : { redis: { ...redis, replicas: redis.replicas * workers } }),
    quotas: {
      ...quotas,
      failed_sign_ins_per_minute: part(quotas.failed_sign_ins_per_minute, workers),
      ...(redis === undefined ? dividedQuotas(quotas, workers) : {})
    }
  }
}

const dividedQuotas = (quotas: Configuration["quotas"], workers: number) => ({
  classes: Object.fromEntries(
    Object.entries(quotas.classes).map(([name, quota]) => [
      name,
      { ...quota, burst: part(quota.burst, workers), requests_per_second: quota.requests_per_second / workers }
    ])
  ),
  upstream_per_project_per_second: quotas.upstream_per_project_per_second / workers
})

/** Of what is counted each has one at least. */
const part = (count: number, workers: number) => (count === 0 ? 0 : Math.max(1, Math.floor(count / workers)))
