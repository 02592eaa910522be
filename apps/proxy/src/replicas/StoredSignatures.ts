import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { goodFor, makeUsedSignatures, nameOf, UsedSignatures } from "../callers/UsedSignatures.ts"
import { Store } from "../store/Store.ts"

/** Signatures that were used at any replica; while the store cannot be had, at this one. */
export const layer: Layer.Layer<never, never, Store> = Layer.effect(
  UsedSignatures,
  Effect.map(Store, ({ useOnce }) => {
    const own = makeUsedSignatures()
    const isFirstOfAll = (name: string) => Effect.orElseSucceed(useOnce(name, Duration.toMillis(goodFor)), () => true)
    return {
      use: (verified, permit = Effect.void) =>
        Effect.flatMap(own.use(verified), (isFirst) =>
          isFirst ? Effect.andThen(permit, isFirstOfAll(nameOf(verified.signature))) : Effect.succeed(false)
        )
    }
  })
)
