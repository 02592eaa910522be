import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redis from "effect/persistence/Redis"
import { goodFor, makeUsedSignatures, nameOf, UsedSignatures } from "../callers/UsedSignatures.ts"
import { RedisLink } from "./RedisLink.ts"

const milliseconds = String(Duration.toMillis(goodFor))

/** Signatures that were used at any replica; while Redis is away, at this one. */
export const layer: Layer.Layer<never, never, RedisLink | Redis.Redis> = Layer.effect(
  UsedSignatures,
  Effect.gen(function* () {
    const { prefix } = yield* RedisLink
    const redis = yield* Redis.Redis
    const own = makeUsedSignatures()
    const isFirstOfAll = (name: string) =>
      redis.send<string | null>("SET", `${prefix}signature:${name}`, "", "NX", "PX", milliseconds).pipe(
        Effect.map((reply) => reply !== null),
        Effect.orElseSucceed(() => true)
      )
    return {
      use: (verified, permit = Effect.void) =>
        Effect.flatMap(own.use(verified), (isFirst) =>
          isFirst ? Effect.andThen(permit, isFirstOfAll(nameOf(verified.signature))) : Effect.succeed(false)
        )
    }
  })
)
