import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { makeTokenBuckets, type Quota, type Taken } from "../store/TokenBuckets.ts"

/** Where it is counted what is taken from quotas: in this process, or for several replicas together. */
export class Permits extends Context.Service<
  Permits,
  {
    /** Takes one. Whoever cannot be asked, there is always an answer. */
    readonly take: (key: string, quota: Quota) => Effect.Effect<Taken>
    /**
     * Takes one without waiting for anything; `undefined`, with nothing taken,
     * when only `take` can tell.
     *
     * @param now milliseconds since 1970
     */
    readonly takeNow: (key: string, quota: Quota, now: number) => Taken | undefined
  }
>()("@cbr/proxy/Permits") {
  /** In this process's memory. */
  static readonly layerMemory: Layer.Layer<Permits> = Layer.sync(Permits, () => {
    const { take } = makeTokenBuckets()
    return Permits.of({
      take: (key, quota) => Effect.map(Clock.currentTimeMillis, (now) => take(key, quota, now)),
      takeNow: take
    })
  })
}
