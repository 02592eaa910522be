import { AuthenticationFailed } from "@cbr/client"
import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Fiber, Layer, Metric, Redacted, Schedule } from "effect"
import { needs } from "../../../../debian.ts"
import * as StoredTurns from "../../src/replicas/StoredTurns.ts"
import { ReplicaTurns } from "../../src/snapshot/ReplicaTurns.ts"
import { makeTurnKeeper } from "../../src/upstream/CredentialTurns.ts"
import { loadedWith } from "../store/LoadedWith.ts"
import { makeRedisServer, type RedisServer } from "../store/RedisServer.ts"
import { storeAt } from "../store/StoreOf.ts"

const loadedOf = (sk: string) => {
  const secret = Redacted.make(sk)
  return loadedWith({ type: "access_key", ak: "AK", sk: secret }, secret)
}

/** The turns of so many replicas, each with this secret. */
const replicasOf = (server: RedisServer, ...secrets: ReadonlyArray<string>) =>
  Effect.forEach(secrets, (sk) =>
    Effect.gen(function* () {
      const store = yield* storeAt(server.address)
      const context = yield* StoredTurns.layer([]).pipe(
        Layer.provide([
          Layer.succeedContext(store),
          NodeCrypto.layerAead,
          NodeCrypto.layerKdf,
          NodeCrypto.layerSecureRandom
        ]),
        Layer.build
      )
      return yield* Context.get(context, ReplicaTurns).over(makeTurnKeeper().of("here"), (name) => ({
        loaded: loadedOf(sk),
        name
      }))
    }).pipe(Effect.provideService(Metric.MetricRegistry, new Map()))
  )

const refusal = new AuthenticationFailed({ detail: { code: "other", message: "no" }, status_code: 401 })

describe("turns of replicas", { timeout: 60_000, ...needs("redis-server") }, () => {
  it.live("one tries a credential, and the others hear what came of it", () =>
    Effect.gen(function* () {
      const [one, other, third] = yield* replicasOf(yield* makeRedisServer(), "sk", "sk", "sk")
      assert.isUndefined(yield* one!.take("main"))
      const waiting = yield* Effect.forkChild(
        Effect.all([other!.take("main"), third!.take("main")], { concurrency: 2 }),
        {
          startImmediately: true
        }
      )
      yield* one!.refused("main", refusal)
      for (const verdict of yield* Fiber.join(waiting)) {
        assert.strictEqual(verdict?._tag === "Refused" ? verdict.error.message : verdict?._tag, "no")
      }
      assert.strictEqual(third!.known("main")?._tag, "Refused")
    }).pipe(Effect.scoped)
  )

  it.live("what is accepted needs no turn anywhere, and what is refused after that is refused everywhere", () =>
    Effect.gen(function* () {
      const [one, other] = yield* replicasOf(yield* makeRedisServer(), "sk", "sk")
      yield* one!.take("main")
      yield* one!.accepted("main")
      assert.strictEqual((yield* other!.take("main"))?._tag, "Accepted")
      yield* other!.refused("main", refusal)
      yield* Effect.repeat(
        Effect.sync(() => one!.known("main")?._tag),
        { until: (tag) => tag === "Refused", schedule: Schedule.spaced("10 millis") }
      )
    }).pipe(Effect.scoped)
  )

  it.live("whoever learns of a refusal later holds it no longer, and tries again when another is accepted", () =>
    Effect.gen(function* () {
      const server = yield* makeRedisServer()
      const [one, late, third] = yield* replicasOf(server, "sk", "sk", "sk")
      yield* one!.take("main")
      yield* one!.refused("main", refusal)
      const place = yield* Effect.repeat(server.cli("--scan", "--pattern", "test:{credential:*}"), {
        until: (text) => text !== "",
        schedule: Schedule.spaced("10 millis")
      })
      // Four of the five minutes pass.
      yield* server.cli("PEXPIRE", place, "60000")
      const verdict = yield* late!.take("main")
      if (verdict?._tag !== "Refused") return assert.fail("it was refused")
      assert.isAtMost(verdict.until, Date.now() + 61_000)
      assert.deepStrictEqual(late!.known("main"), verdict)

      yield* server.cli("DEL", place)
      assert.isUndefined(yield* third!.take("main"))
      yield* third!.accepted("main")
      yield* Effect.repeat(
        Effect.sync(() => late!.known("main")?._tag),
        { until: (tag) => tag === "Accepted", schedule: Schedule.spaced("10 millis") }
      )
      assert.strictEqual(one!.known("main")?._tag, "Refused", "it was refused itself, and tries for itself")
    }).pipe(Effect.scoped)
  )

  it.live("a turn of which nothing came is the next one's", () =>
    Effect.gen(function* () {
      const [one, other] = yield* replicasOf(yield* makeRedisServer(), "sk", "sk")
      yield* one!.take("main")
      const waiting = yield* Effect.forkChild(other!.take("main"), { startImmediately: true })
      yield* one!.undecided("main")
      assert.isUndefined(yield* Fiber.join(waiting))
    }).pipe(Effect.scoped)
  )

  it.live("another secret is another credential", () =>
    Effect.gen(function* () {
      const [one, other] = yield* replicasOf(yield* makeRedisServer(), "sk", "renewed")
      yield* one!.take("main")
      yield* one!.refused("main", refusal)
      assert.isUndefined(yield* other!.take("main"))
      yield* other!.accepted("main")
      assert.strictEqual(one!.known("main")?._tag, "Refused")
    }).pipe(Effect.scoped)
  )

  it.live("are each replica's own while Redis is away", () =>
    Effect.gen(function* () {
      const server = yield* makeRedisServer()
      const [one, other] = yield* replicasOf(server, "sk", "sk")
      yield* server.kill
      assert.isUndefined(yield* one!.take("main"))
      yield* one!.refused("main", refusal)
      assert.strictEqual((yield* one!.take("main"))?._tag, "Refused")
      assert.isUndefined(yield* other!.take("main"))
    }).pipe(Effect.scoped)
  )

  it.live("the secret stands nowhere in Redis", () =>
    Effect.gen(function* () {
      const server = yield* makeRedisServer()
      const [one] = yield* replicasOf(server, "Canary-sk")
      yield* one!.take("main")
      const keys = yield* server.cli("--scan")
      assert.match(keys, /^test:\{credential:[0-9a-f]{32}\}:lease$/m)
      assert.notInclude(keys, "Canary")
      assert.notInclude(keys, "AK")
    }).pipe(Effect.scoped)
  )
})
