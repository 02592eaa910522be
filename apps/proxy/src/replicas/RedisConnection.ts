import * as NodeRedis from "@effect/platform-node/NodeRedis"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Redis from "effect/persistence/Redis"
import * as Queue from "effect/Queue"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as Scope from "effect/Scope"

/** A connection to Redis, made again whenever it breaks. */
export interface RedisConnection {
  /** Done when Redis was first reached. */
  readonly redis: Deferred.Deferred<Redis.Redis["Service"]>
  /** Whatever is published on a channel from now on, but for gaps while the connection is broken. */
  readonly listen: (channel: string) => Effect.Effect<Queue.Dequeue<string>>
  /** What the client last complained of; holds no password. */
  readonly complaint: () => string | undefined
}

const betweenTries = Schedule.spaced("1 second")

/**
 * Connects in the background, again and again. Ends with the scope, which
 * waits for none of it: good manners would wait for the answers of a Redis
 * that hangs.
 */
export const connect = Effect.fnUntraced(function* (
  { password, url }: { readonly url: string; readonly password?: Redacted.Redacted<string> | undefined },
  onLost: () => void
): Effect.fn.Return<RedisConnection, never, Scope.Scope> {
  const lifetime = yield* Scope.make()
  yield* Effect.addFinalizer(() => Effect.forkDetach(Scope.close(lifetime, Exit.void)))

  const redis = yield* Deferred.make<Redis.Redis["Service"]>()
  let complaint: string | undefined
  const complaints = Logger.make(({ message }) => {
    complaint = [message].flat().find((part): part is Error => part instanceof Error)?.message
  })
  const options = {
    url,
    ...(password === undefined ? {} : { password: Redacted.value(password) }),
    // What cannot be sent now is done without Redis, and would be wrong later.
    disableOfflineQueue: true,
    commandsQueueMaxLength: 10_000,
    // A Redis that hangs keeps its connection: silence for longer than this breaks it.
    pingInterval: 1_000,
    socket: {
      connectTimeout: 1_000,
      socketTimeout: 3_000,
      reconnectStrategy: (retries: number) => Math.min(2 ** retries * 50, 2_000) * (0.75 + Math.random() / 2)
    }
  }
  yield* Layer.buildWithScope(NodeRedis.layer(options), lifetime).pipe(
    Effect.flatMap((context) => {
      const { client } = Context.get(context, NodeRedis.NodeRedis)
      client.on("error", onLost)
      return Effect.andThen(
        Scope.addFinalizer(
          lifetime,
          Effect.sync(() => client.destroy())
        ),
        Deferred.succeed(redis, Context.get(context, Redis.Redis))
      )
    }),
    Effect.tapCause((cause) =>
      Cause.hasInterruptsOnly(cause) ? Effect.void : Effect.logError("Redis cannot be used", cause)
    ),
    // The client logs every try; whoever has the connection says once that Redis is away, and once that it is back.
    Effect.provideService(Logger.CurrentLoggers, new Set([complaints])),
    Effect.forkIn(lifetime)
  )

  const listen = Effect.fnUntraced(function* (channel: string) {
    const heard = yield* Queue.unbounded<string>()
    yield* Deferred.await(redis).pipe(
      Effect.flatMap((redis) => redis.subscribe(channel)),
      Effect.flatMap((messages) =>
        Effect.forever(Effect.flatMap(Queue.take(messages), ({ message }) => Queue.offer(heard, message)))
      ),
      Effect.scoped,
      Effect.retry(betweenTries),
      Effect.forkIn(lifetime)
    )
    return heard
  })

  return { redis, listen, complaint: () => complaint }
})
