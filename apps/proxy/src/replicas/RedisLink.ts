import * as Cause from "effect/Cause"
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
import type * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import { connect } from "./RedisConnection.ts"
import { redisDegraded, redisFailures } from "./ReplicaMetrics.ts"

/** Which Redis, and how patient one is with it. */
export interface RedisLinkOptions {
  /** `redis://` or `rediss://`, without a password. */
  readonly url: string
  readonly password?: Redacted.Redacted<string> | undefined
  /** What the name of every key and channel begins with. */
  readonly prefix: string
  /** How long one operation may take. */
  readonly timeLimit: Duration.Duration
}

/** What becomes of the link: `Lost` when the connection breaks, `Restored` when Redis answers again after it did not. */
export type LinkEvent = "Lost" | "Restored"

/**
 * The way to the Redis that replicas have in common. It is laid in the
 * background and mended for ever; nobody waits for it. Beside it stands a
 * `Redis` whose every operation ends within the time limit, and fails at once
 * while Redis is away: what fails is for each replica to do by itself.
 */
export class RedisLink extends Context.Service<
  RedisLink,
  {
    readonly prefix: string
    readonly events: Stream.Stream<LinkEvent>
    /** What is published on the channel of this name; there are gaps while the link is broken. */
    readonly messages: (channel: string) => Stream.Stream<string>
  }
>()("@cbr/proxy/RedisLink") {
  static readonly layer = (options: RedisLinkOptions): Layer.Layer<RedisLink | Redis.Redis> =>
    Layer.effectContext(make(options)).pipe(Layer.provide(CircuitBreaker.layerStoreMemory()))
}

/** After this many failures in a row Redis is left alone, but for one try in a second. */
const failuresInRow = 3
const betweenTries = Duration.seconds(1)

/** A replica that starts waits this long for Redis, so that its first requests find it. */
const patienceAtStart = Duration.millis(500)

const make = Effect.fnUntraced(function* ({ prefix, timeLimit, ...server }: RedisLinkOptions) {
  const events = yield* PubSub.unbounded<LinkEvent>()
  const {
    complaint,
    listen,
    redis: connection
  } = yield* connect(server, () => void PubSub.publishUnsafe(events, "Lost"))
  const breaker = yield* CircuitBreaker.make({
    tripPolicy: CircuitBreaker.consecutive(failuresInRow),
    openDuration: betweenTries
  })

  // An answer that has come while this process was busy is not late: it is taken in before time is called.
  const tooLate = Effect.andThen(Effect.sleep(timeLimit), Effect.andThen(afterInput, Effect.fail(slow)))

  const send = <A = unknown>(command: string, ...args: ReadonlyArray<string>): Effect.Effect<A, Redis.RedisError> => {
    const sent: Effect.Effect<A, Redis.RedisError> = Effect.flatMap(Deferred.poll(connection), (connected) =>
      Option.isNone(connected)
        ? Effect.fail(away)
        : Effect.flatMap(connected.value, (redis) => redis.send<A>(command, ...args))
    )
    return breaker.execute(Effect.raceFirst(sent, tooLate), { key: "redis", classify: outcomeOf }).pipe(
      Effect.catchTag("CircuitBreakerError", () => Effect.fail(away)),
      Effect.tapError((error) => Metric.update(redisFailures[reasonOf(error)], 1))
    )
  }

  const redis = yield* Redis.make({
    send,
    // Blocking commands and channels need connections of their own: for channels there is `messages`.
    subscribe: () => Effect.succeed(Effect.fail(away)),
    connect: Effect.fail(away)
  })

  const tellIfAway = breaker.transitions.pipe(
    Stream.runForEach(({ from, to }) => {
      if (from === "Closed") {
        return Effect.andThen(
          Metric.update(redisDegraded, 1),
          Effect.suspend(() =>
            Effect.logWarning(
              "Redis gives no answers in time: this replica goes on by itself",
              ...[complaint() ?? []].flat()
            )
          )
        )
      }
      if (to !== "Closed") return Effect.void
      return Effect.andThen(
        Metric.update(redisDegraded, 0),
        Effect.andThen(Effect.logInfo("Redis answers again"), PubSub.publish(events, "Restored"))
      )
    })
  )

  // A write, since a Redis that is full answers reads all the same; and regular, so that no request is the one to find out.
  const heartbeat = redis
    .send("SET", `${prefix}heartbeat`, "", "PX", "5000")
    .pipe(Effect.ignore, Effect.repeat(Schedule.spaced(betweenTries)))

  const messages = (channel: string) => Stream.unwrap(Effect.map(listen(prefix + channel), Stream.fromQueue))

  yield* Metric.update(redisDegraded, 0)
  yield* Effect.forkScoped(tellIfAway, { startImmediately: true })
  yield* Deferred.await(connection).pipe(Effect.timeoutOption(patienceAtStart))
  yield* Effect.forkScoped(heartbeat)
  return Context.make(RedisLink, RedisLink.of({ prefix, events: Stream.fromPubSub(events), messages })).pipe(
    Context.add(Redis.Redis, redis)
  )
})

/** Succeeds once whatever had arrived is taken in: Node reads sockets between timers and `setImmediate`. */
const afterInput = Effect.callback<void>((resume) => {
  const immediate = setImmediate(() => resume(Effect.void))
  return Effect.sync(() => clearImmediate(immediate))
})

const away = new Redis.RedisError({ cause: new Error("Redis is away") })
const slow = new Redis.RedisError({ cause: new Error("Redis is too slow") })

const reasonOf = (error: Redis.RedisError): keyof typeof redisFailures =>
  error === slow ? "slow" : error === away ? "away" : "refused"

/** A Redis that has forgotten a script, as after a restart, is well: the script is loaded and run again. */
const outcomeOf = (exit: Exit.Exit<unknown, Redis.RedisError>): CircuitBreaker.Outcome =>
  Exit.isSuccess(exit) || Cause.pretty(exit.cause).includes("NOSCRIPT")
    ? CircuitBreaker.success
    : CircuitBreaker.failure()
