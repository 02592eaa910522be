import type { Configuration } from "./Configuration.ts"

/** What is read when the proxy starts, by the setting or by the section that it is in. */
const readOnce = ({ admin, cache, drain, limits, listen, redis, telemetry }: Configuration) => ({
  listen: { ...ofListen(listen), isTls: listen.tls !== undefined },
  admin,
  drain,
  telemetry,
  redis,
  ...named("cache", ofCache(cache)),
  ...named("limits", ofLimits(limits))
})

const ofListen = ({ behind_tls, host, port, reuse_port }: Configuration["listen"]) => ({
  host,
  port,
  reuse_port,
  behind_tls
})

/** The room for all requests together, and for all connections. */
const ofCache = ({ bytes, entries }: Configuration["cache"]) => ({ entries, bytes })
const ofLimits = ({
  batch_bytes,
  connections,
  connections_per_address,
  queue,
  queue_wait_ms,
  upstream_calls
}: Configuration["limits"]) => ({
  upstream_calls,
  queue,
  queue_wait_ms,
  batch_bytes,
  connections,
  connections_per_address
})

const named = (section: string, settings: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(settings).map(([name, value]) => [`${section}.${name}`, value]))

/** What is read when the proxy starts, and would be read otherwise now. */
export const changedSince = (start: Configuration, now: Configuration): ReadonlyArray<string> => {
  const [before, after]: ReadonlyArray<Readonly<Record<string, unknown>>> = [readOnce(start), readOnce(now)]
  return Object.keys(before!).filter((name) => JSON.stringify(before![name]) !== JSON.stringify(after![name]))
}

/** What of a configuration is in force in a proxy that was started with another. */
export const inForceSince = (start: Configuration, now: Configuration): Configuration => {
  const { redis: _redis, telemetry: _telemetry, ...others } = now
  const { tls: files, ...listen } = now.listen
  const { admin, drain, redis, telemetry } = start
  const tls = start.listen.tls === undefined ? undefined : (files ?? start.listen.tls)
  return {
    ...others,
    admin,
    drain,
    ...(redis === undefined ? {} : { redis }),
    ...(telemetry === undefined ? {} : { telemetry }),
    listen: { ...listen, ...ofListen(start.listen), ...(tls === undefined ? {} : { tls }) },
    cache: { ...now.cache, ...ofCache(start.cache) },
    limits: { ...now.limits, ...ofLimits(start.limits) }
  }
}
