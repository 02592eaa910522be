import * as Clock from "effect/Clock"
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
import { connect, type RedisAddress, subscribe } from "./RedisConnection.ts"
import { away, isOfOneOperation, reasonOf, refusalOf, sayingOf, slow } from "./RedisFailure.ts"
import { redisDegraded, redisFailures } from "./StoreMetrics.ts"

/** Which Redis, and how patient one is with it. */
export interface RedisLinkOptions extends RedisAddress {
  /** What the name of every key and channel begins with. */
  readonly prefix: string
  /** How long one operation may take. */
  readonly timeLimit: Duration.Duration
  /** Channels that are listened to. */
  readonly channels: ReadonlyArray<string>
}

/**
 * The way to the Redis that replicas have in common. It is laid in the
 * background and mended for ever; no request waits for it. Beside it stands a
 * `Redis` whose every operation ends within the time limit, and fails at once
 * while Redis is away: what fails is for each replica to do by itself.
 */
export class RedisLink extends Context.Service<
  RedisLink,
  {
    readonly prefix: string
    /** Emits whenever Redis, or its notices, can be had again: what was told meanwhile is lost, so all is to be read anew. */
    readonly restored: Stream.Stream<void>
    /** What is published on the channel of this name; there are gaps while the connection is broken. */
    readonly messages: (channel: string) => Stream.Stream<string>
    /** The same operations with a limit of a second at least: those that no request waits for, and that must not fail for a reply that is a little late. */
    readonly patient: Redis.Redis["Service"]
    /** What does not work, and why; empty while all does. */
    readonly troubles: () => ReadonlyArray<string>
    /** Notes what came of an operation of this name, so that one that is refused shows though others work. */
    readonly noting: (
      operation: string
    ) => <A, R>(effect: Effect.Effect<A, Redis.RedisError, R>) => Effect.Effect<A, Redis.RedisError, R>
  }
>()("@cbr/proxy/RedisLink") {
  static readonly layer = (options: RedisLinkOptions): Layer.Layer<RedisLink | Redis.Redis> =>
    Layer.effectContext(make(options)).pipe(Layer.provide(CircuitBreaker.layerStoreMemory()))
}

/** After this many failures in a row Redis is left alone, but for one try in a second. */
const failuresInRow = 3
const betweenTries = Duration.seconds(1)

/** A connection that has brought no answer for so many tries is given up for another: a cluster or a master may have moved. */
const triesPerConnection = 5

/** A replica that starts waits this long for Redis, so that its first requests find it. */
const patienceAtStart = Duration.millis(500)

/**
 * After a refusal that is of one key, successes at other keys end the trouble only when no refusal came for this long, in
 * milliseconds.
 */
const oneKeyTold = 10_000

const make = Effect.fnUntraced(function* ({ channels, prefix, timeLimit, ...address }: RedisLinkOptions) {
  const services = yield* Effect.context<never>()
  const clock = yield* Clock.Clock
  const restored = yield* PubSub.sliding<void>(1)
  const messages = new Map<string, PubSub.PubSub<string>>()
  for (const channel of channels) messages.set(prefix + channel, yield* PubSub.sliding<string>(10_000))

  /** What does not work, by its name. */
  const troubles = new Map<string, string>()
  /** Until when no success ends the trouble of this name, in milliseconds since 1970. */
  const keptUntil = new Map<string, number>()
  const said = yield* PubSub.sliding<void>(16)
  const setTrouble = (name: string, why: string | undefined) => {
    if (troubles.get(name) === why) return
    if (why === undefined) troubles.delete(name)
    else troubles.set(name, why)
    redisDegraded.updateUnsafe(troubles.size === 0 ? 0 : 1, services)
    PubSub.publishUnsafe(said, undefined)
  }
  const listTroubles = () => Array.from(troubles, ([name, why]) => `${name}: ${why}`)

  let lost: string | undefined
  const connection = yield* connect(address, {
    onConnected: () => {
      lost = undefined
      PubSub.publishUnsafe(restored, undefined)
    },
    onLost: (why) => void (lost = sayingOf(why))
  })
  if (channels.length > 0) {
    yield* subscribe(
      address,
      channels.map((channel) => prefix + channel),
      (channel, message) => {
        const known = messages.get(channel)
        if (known !== undefined) PubSub.publishUnsafe(known, message)
      },
      {
        onConnected: () => {
          setTrouble("channels", undefined)
          PubSub.publishUnsafe(restored, undefined)
        },
        onLost: (why) => setTrouble("channels", sayingOf(why))
      }
    )
  }

  const breaker = yield* CircuitBreaker.make({
    tripPolicy: CircuitBreaker.consecutive(failuresInRow),
    openDuration: betweenTries
  })

  const redisWithin = (limit: Duration.Duration) => {
    // An answer that has come while this process was busy is not late: it is taken in before time is called.
    const tooLate = Effect.andThen(Effect.sleep(limit), Effect.andThen(afterInput, Effect.fail(slow)))
    const send = <A = unknown>(command: string, ...args: ReadonlyArray<string>): Effect.Effect<A, Redis.RedisError> =>
      breaker
        .execute(Effect.raceFirst(connection.send<A>(command, args), tooLate), { key: "redis", classify: outcomeOf })
        .pipe(
          Effect.catchTag("CircuitBreakerError", () => Effect.fail(away)),
          Effect.tapError((error) => {
            const reason = reasonOf(error)
            // It answers, and will never do this: it is another's now, or was never the right one.
            if (reason === "readonly" || reason === "loading") connection.renew()
            return Metric.update(redisFailures(reason), 1)
          })
        )
    return Redis.make({
      send,
      // Blocking commands and channels need connections of their own: for channels there is `messages`.
      subscribe: () => Effect.succeed(Effect.fail(away)),
      connect: Effect.fail(away)
    })
  }
  const redis = yield* redisWithin(timeLimit)
  const patient = yield* redisWithin(Duration.max(timeLimit, Duration.seconds(1)))

  let inARow = 0
  const tellIfAway = breaker.transitions.pipe(
    Stream.runForEach(({ from, to }) =>
      Effect.sync(() => {
        if (to === "Open") {
          setTrouble("commands", lost ?? lastRefusal ?? "no answers in time")
          if (from === "HalfOpen" && ++inARow % triesPerConnection === 0) connection.renew()
        } else if (to === "Closed") {
          inARow = 0
          lastRefusal = undefined
          setTrouble("commands", undefined)
          PubSub.publishUnsafe(restored, undefined)
        }
      })
    )
  )
  let lastRefusal: string | undefined

  const tell = Stream.fromPubSub(said).pipe(
    Stream.debounce("20 millis"),
    Stream.runForEach(() =>
      Effect.suspend(() =>
        troubles.size === 0
          ? Effect.logInfo("Redis is used in full again")
          : Effect.logWarning(
              `Redis is not used in full: this replica goes on by itself (${listTroubles().join("; ")})`
            )
      )
    )
  )

  // A write, since a Redis that is full answers reads all the same; and regular, so that no request is the one to find out.
  const heartbeat = redis.send("SET", `${prefix}heartbeat`, "", "PX", "5000").pipe(
    Effect.catch((error) => Effect.sync(() => void (refusalOf(error) && (lastRefusal = sayingOf(error))))),
    Effect.repeat(Schedule.spaced(betweenTries))
  )

  yield* Metric.update(redisDegraded, 0)
  yield* Effect.forkScoped(tellIfAway, { startImmediately: true })
  yield* Effect.forkScoped(tell, { startImmediately: true })
  yield* Deferred.await(connection.reached).pipe(Effect.timeoutOption(patienceAtStart))
  yield* Effect.forkScoped(heartbeat)
  return Context.make(
    RedisLink,
    RedisLink.of({
      prefix,
      restored: Stream.fromPubSub(restored),
      messages: (channel) =>
        Option.match(Option.fromNullishOr(messages.get(prefix + channel)), {
          onNone: () => Stream.empty,
          onSome: Stream.fromPubSub
        }),
      patient,
      troubles: listTroubles,
      noting: (operation) => (effect) =>
        effect.pipe(
          Effect.tap(
            Effect.sync(() => {
              if (clock.currentTimeMillisUnsafe() >= (keptUntil.get(operation) ?? 0)) setTrouble(operation, undefined)
            })
          ),
          Effect.tapError((error) =>
            Effect.sync(() => {
              const refusal = refusalOf(error)
              if (refusal === "WRONGTYPE") keptUntil.set(operation, clock.currentTimeMillisUnsafe() + oneKeyTold)
              if (refusal !== undefined) setTrouble(operation, sayingOf(error))
            })
          )
        )
    })
  ).pipe(Context.add(Redis.Redis, redis))
})

/** Succeeds once whatever had arrived is taken in: Node reads sockets between timers and `setImmediate`. */
const afterInput = Effect.callback<void>((resume) => {
  const immediate = setImmediate(() => resume(Effect.void))
  return Effect.sync(() => clearImmediate(immediate))
})

const outcomeOf = (exit: Exit.Exit<unknown, Redis.RedisError>): CircuitBreaker.Outcome => {
  const error = Option.getOrUndefined(Exit.findErrorOption(exit))
  return Exit.isSuccess(exit) || (error !== undefined && isOfOneOperation(error))
    ? CircuitBreaker.success
    : CircuitBreaker.failure()
}
