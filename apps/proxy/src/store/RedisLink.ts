import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as CircuitBreaker from "effect/persistence/CircuitBreaker"
import * as Redis from "effect/persistence/Redis"
import * as PubSub from "effect/PubSub"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import type { RedisAddress } from "./RedisAddress.ts"
import { connect, subscribe } from "./RedisConnection.ts"
import { makeRedisDegradation, type RedisDegradation } from "./RedisDegradation.ts"
import { away, isOfOneOperation, reasonOf, refusalOf, sayingOf, slow } from "./RedisFailure.ts"
import { redisFailures } from "./StoreMetrics.ts"

/** A Redis, and the limits of the link to it. */
export interface RedisLinkOptions extends RedisAddress {
  /** The beginning of the name of every key and channel. */
  readonly prefix: string
  /** The maximum time of one operation. */
  readonly timeLimit: Duration.Duration
  /** Channels to which the link subscribes. */
  readonly channels: ReadonlyArray<string>
}

/**
 * The link to the Redis that replicas have in common. It connects in the
 * background and again for ever; no request waits for it. Beside it stands a
 * `Redis` whose every operation ends within the time limit, and fails at once
 * while Redis is away: each replica then goes on by itself.
 */
export class RedisLink extends Context.Service<
  RedisLink,
  {
    readonly prefix: string
    /** Emits whenever Redis or its messages are back: messages are lost meanwhile, so the replica must read everything again. */
    readonly restored: Stream.Stream<void>
    /** The messages on the channel of this name, with gaps while the connection is broken. */
    readonly messages: (channel: string) => Stream.Stream<string>
    /** The same operations with a limit of a second at least: for those that no request waits for. */
    readonly patient: Redis.Redis["Service"]
    /** The functions that fail, and why; empty while all work. */
    readonly troubles: RedisDegradation["list"]
    readonly noting: RedisDegradation["noting"]
  }
>()("@cbr/proxy/RedisLink") {
  static readonly layer = (options: RedisLinkOptions): Layer.Layer<RedisLink | Redis.Redis> =>
    Layer.effectContext(make(options)).pipe(Layer.provide(CircuitBreaker.layerStoreMemory()))
}

/** After this many failures in a row Redis is left alone, but for one try in a second. */
const failuresInRow = 3
const betweenTries = Duration.seconds(1)

/** After so many tries without an answer the link connects anew: a cluster or a master may have moved. */
const triesPerConnection = 5

/** A replica that starts waits this long for Redis, so that its first requests find it. */
const patienceAtStart = Duration.millis(500)

const make = Effect.fnUntraced(function* ({ channels, prefix, timeLimit, ...address }: RedisLinkOptions) {
  const restored = yield* PubSub.sliding<void>(1)
  const restore = () => void PubSub.publishUnsafe(restored, undefined)
  const messages = yield* PubSub.sliding<readonly [message: string, channel: string]>(30_000)
  const troubles = yield* makeRedisDegradation

  const reached = yield* Deferred.make<void>()
  let lost: string | undefined
  let refused: string | undefined
  const connection = yield* connect(address, {
    onConnected: () => {
      lost = undefined
      Deferred.doneUnsafe(reached, Effect.void)
      restore()
    },
    onLost: (error) => void (lost = sayingOf(error))
  })
  const names = channels.map((channel) => prefix + channel)
  yield* subscribe(address, names, (...message) => void PubSub.publishUnsafe(messages, message), {
    onConnected: () => {
      troubles.set("channels", undefined)
      restore()
    },
    onLost: (error) => troubles.set("channels", sayingOf(error))
  })

  const breaker = yield* CircuitBreaker.make({
    tripPolicy: CircuitBreaker.consecutive(failuresInRow),
    openDuration: betweenTries
  })
  let triesInVain = 0
  yield* breaker.transitions.pipe(
    Stream.runForEach(({ from, to }) =>
      Effect.sync(() => {
        if (to === "Open") {
          troubles.set("commands", lost ?? refused ?? "no answers in time")
          if (from === "HalfOpen" && ++triesInVain % triesPerConnection === 0) connection.renew()
        } else if (to === "Closed") {
          triesInVain = 0
          refused = undefined
          troubles.set("commands", undefined)
          restore()
        }
      })
    ),
    Effect.forkScoped({ startImmediately: true })
  )

  const redisWithin = (limit: Duration.Duration) => {
    // An answer that has come while this process was busy is not late: the process reads it before the time is over.
    const tooLate = Effect.andThen(Effect.sleep(limit), Effect.andThen(afterInput, Effect.fail(slow)))
    const send = <A = unknown>(command: string, ...args: ReadonlyArray<string>): Effect.Effect<A, Redis.RedisError> =>
      breaker
        .execute(Effect.raceFirst(connection.send<A>(command, args), tooLate), { key: "redis", classify: outcomeOf })
        .pipe(
          Effect.catchTag("CircuitBreakerError", () => Effect.fail(away)),
          Effect.tapError((error) => {
            const reason = reasonOf(error)
            // It answers, and will never do this: it is a replica by now, or was never the right server.
            if (reason === "readonly" || reason === "loading") connection.renew()
            return Metric.update(redisFailures(reason), 1)
          })
        )
    // Blocking commands and channels need connections of their own: for channels there is `messages`.
    return Redis.make({ send, subscribe: () => Effect.succeed(Effect.fail(away)), connect: Effect.fail(away) })
  }
  const redis = yield* redisWithin(timeLimit)
  const patient = yield* redisWithin(Duration.max(timeLimit, Duration.seconds(1)))

  yield* Deferred.await(reached).pipe(Effect.timeoutOption(patienceAtStart))
  // A write, since a Redis that is full answers reads all the same; and regular, so that no request is the one to find out.
  yield* redis.send("SET", `${prefix}heartbeat`, "", "PX", "5000").pipe(
    Effect.catch((error) => Effect.sync(() => void (refusalOf(error) && (refused = sayingOf(error))))),
    Effect.repeat(Schedule.spaced(betweenTries)),
    Effect.forkScoped
  )
  return Context.make(
    RedisLink,
    RedisLink.of({
      prefix,
      restored: Stream.fromPubSub(restored),
      messages: (channel) =>
        Stream.fromPubSub(messages).pipe(
          Stream.filter(([, name]) => name === prefix + channel),
          Stream.map(([message]) => message)
        ),
      patient,
      troubles: troubles.list,
      noting: troubles.noting
    })
  ).pipe(Context.add(Redis.Redis, redis))
})

/** Succeeds after the input that has arrived: Node reads sockets between timers and `setImmediate`. */
const afterInput = Effect.callback<void>((resume) => {
  const immediate = setImmediate(() => resume(Effect.void))
  return Effect.sync(() => clearImmediate(immediate))
})

const outcomeOf = (exit: Exit.Exit<unknown, Redis.RedisError>): CircuitBreaker.Outcome =>
  Exit.isSuccess(exit) || Option.exists(Exit.findErrorOption(exit), isOfOneOperation)
    ? CircuitBreaker.success
    : CircuitBreaker.failure()
