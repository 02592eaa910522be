import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { makeTokenBuckets, type Quota, type Taken } from "../store/TokenBuckets.ts"

/** Where it is counted what is taken from quotas: in this process, or for several replicas together. */
export class Permits extends Context.Service<
  Permits,
  {
    /**
     * Takes one, when it is called; whoever cannot be asked, there is always an answer. An `Exit` where that is known at
     * once; where others have to be asked, nothing is taken before the Effect runs.
     *
     * @param now milliseconds since 1970
     */
    readonly take: (key: string, quota: Quota, now: number) => Effect.Effect<Taken>
  }
>()("@cbr/proxy/Permits") {
  /** In this process's memory. */
  static readonly layerMemory: Layer.Layer<Permits> = Layer.sync(Permits, () => {
    const buckets = makeTokenBuckets()
    return Permits.of({ take: (key, quota, now) => Effect.succeed(buckets.take(key, quota, now)) })
  })
}
