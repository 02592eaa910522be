import { Context, Duration, Effect, Layer, Schedule, type Scope } from "effect"
import type { SealingKey } from "../../src/crypto/Encryption.ts"
import type { RedisAddress } from "../../src/store/RedisAddress.ts"
import * as RedisStore from "../../src/store/RedisStore.ts"
import { Store } from "../../src/store/Store.ts"

/** The address of a server of the test's own. */
export const addressAt = (url: string): RedisAddress => ({
  place: { _tag: "Server", node: { host: "127.0.0.1", port: Number(new URL(url).port) } }
})

/** The store at an address, once it has been reached. */
export const storeAt = (
  address: RedisAddress,
  timeLimit: Duration.Duration = Duration.seconds(10),
  sealingKeys: ReadonlyArray<SealingKey> = []
): Effect.Effect<Context.Context<Store>, never, Scope.Scope> =>
  Effect.gen(function* () {
    const context = yield* Layer.build(RedisStore.layer({ ...address, prefix: "test:", timeLimit, sealingKeys }))
    yield* Context.get(context, Store).revoked.pipe(Effect.retry(Schedule.spaced("20 millis")), Effect.orDie)
    return context
  })
