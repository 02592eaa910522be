import { Context, Effect, Exit, Layer, Random, Scope } from "effect"
import { Authenticator } from "../../src/callers/Authenticator.ts"
import { QuotaLimits } from "../../src/callers/RateLimits.ts"
import type { Configuration } from "../../src/configuration/Configuration.ts"
import { defaultLivePolicy, LivePolicy } from "../../src/policy/LivePolicy.ts"
import { ActiveConfiguration } from "../../src/reload/ActiveConfiguration.ts"
import { defaultConfiguration, type ConfigSnapshot } from "../../src/reload/ConfigSnapshot.ts"
import { type Upstream, Upstreams } from "../../src/upstream/Upstreams.ts"
import { cache, request } from "../cache/Cloud.ts"

/** The project that the tests watch. */
export const { project_id } = request

const boundless = { perSecond: 10_000, burst: 10_000 }

/** A configuration that leads to a cloud, if to any, with these rules. */
export const generation = (
  upstream: Upstream | undefined,
  rules: Partial<LivePolicy> = {},
  configuration: Partial<Configuration> = {}
): ConfigSnapshot => ({
  configuration: { ...defaultConfiguration, ...configuration },
  rules: Context.make(LivePolicy, { ...defaultLivePolicy, ...rules }).pipe(
    Context.add(QuotaLimits, { callers: { default: boundless }, project: boundless })
  ),
  callers: Authenticator.make({}),
  upstreams: Upstreams.of({ of: (project) => (project === project_id ? upstream : undefined) }),
  credentials: []
})

/** The cache over a configuration, without jitter. */
export const under = (first: ConfigSnapshot) =>
  Layer.fresh(cache()).pipe(
    Layer.provideMerge(ActiveConfiguration.layer(Effect.succeed(first))),
    Layer.provideMerge(Layer.succeed(Random.Random, { nextDoubleUnsafe: () => 0, nextIntUnsafe: () => 0 }))
  )

/** Keeps a subscription until the effect that comes with it is run. */
export const kept = Effect.fnUntraced(function* <A, R>(subscribing: Effect.Effect<A, never, R | Scope.Scope>) {
  const scope = yield* Scope.make()
  return [yield* Scope.provide(subscribing, scope), Scope.close(scope, Exit.void)] as const
})
