import { AuthenticationFailed } from "@cbr/client"
import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Metric, Redacted, Schedule, Stream } from "effect"
import { needs } from "../../../../debian.ts"
import { fingerprintOf } from "../../src/reload/CredentialFingerprint.ts"
import { makeLeasedValues } from "../../src/store/LeasedValues.ts"
import { makeCredentialTrial } from "../../src/upstream/CredentialTrial.ts"
import { makeSharedCredentialStatus } from "../../src/upstream/SharedCredentialStatus.ts"
import { loadedWith } from "../store/LoadedWith.ts"
import { makeRedisServer, type RedisServer } from "../store/RedisServer.ts"
import { storeAt } from "../store/StoreOf.ts"

const loadedOf = (sk: string) => {
  const secret = Redacted.make(sk)
  return loadedWith({ type: "access_key", ak: "AK", sk: secret }, secret)
}

/** The lease of so many replicas, each with this secret. */
const replicasOf = (server: RedisServer, ...secrets: ReadonlyArray<string>) =>
  Effect.forEach(secrets, (sk) =>
    Effect.gen(function* () {
      const identity = Effect.provide(fingerprintOf(loadedOf(sk), "main"), NodeCrypto.layerKdf)
      const shared = yield* makeSharedCredentialStatus(yield* makeLeasedValues("credential"), Effect.orDie(identity))
      const lease = makeCredentialTrial(shared)
      yield* Effect.forkScoped(
        Stream.runForEach(shared.changes, (status) => Effect.sync(() => lease.merge(status))),
        { startImmediately: true }
      )
      return lease
    }).pipe(
      Effect.provide(NodeCrypto.layerSecureRandom),
      (made) => Effect.flatMap(storeAt(server.address), (store) => Effect.provideContext(made, store)),
      Effect.provideService(Metric.MetricRegistry, new Map())
    )
  )

const refusal = new AuthenticationFailed({ detail: { code: "other", message: "no" }, status_code: 401 })

describe("the lease of a credential among replicas", { timeout: 60_000, ...needs("redis-server") }, () => {
  it.live("lets one replica try the credential, and the others hear what came of it", () =>
    Effect.gen(function* () {
      const [one, other, third] = yield* replicasOf(yield* makeRedisServer(), "sk", "sk", "sk")
      assert.isUndefined(yield* one!.acquire)
      const waiting = yield* Effect.forkChild(Effect.all([other!.acquire, third!.acquire], { concurrency: 2 }), {
        startImmediately: true
      })
      yield* one!.refused(refusal)
      for (const verdict of yield* Fiber.join(waiting)) {
        assert.strictEqual(verdict?._tag === "Refused" ? verdict.error.message : verdict?._tag, "no")
      }
      assert.strictEqual(third!.known()?._tag, "Refused")
    }).pipe(Effect.scoped)
  )

  it.live("is needed nowhere once the credential is accepted, and a refusal after that is known everywhere", () =>
    Effect.gen(function* () {
      const [one, other] = yield* replicasOf(yield* makeRedisServer(), "sk", "sk")
      yield* one!.acquire
      yield* one!.accepted
      assert.strictEqual((yield* other!.acquire)?._tag, "Accepted")
      yield* other!.refused(refusal)
      yield* Effect.repeat(
        Effect.sync(() => one!.known()?._tag),
        { until: (tag) => tag === "Refused", schedule: Schedule.spaced("10 millis") }
      )
    }).pipe(Effect.scoped)
  )

  it.live("a replica that learns of a refusal later holds it no longer, and tries again when another is accepted", () =>
    Effect.gen(function* () {
      const server = yield* makeRedisServer()
      const [one, late, third] = yield* replicasOf(server, "sk", "sk", "sk")
      yield* one!.acquire
      yield* one!.refused(refusal)
      const place = yield* Effect.repeat(server.cli("--scan", "--pattern", "test:{credential:*}"), {
        until: (text) => text !== "",
        schedule: Schedule.spaced("10 millis")
      })
      // Four of the five minutes pass.
      yield* server.cli("PEXPIRE", place, "60000")
      const verdict = yield* late!.acquire
      if (verdict?._tag !== "Refused") return assert.fail("it was refused")
      assert.isAtMost(verdict.until, Date.now() + 61_000)
      assert.deepStrictEqual(late!.known(), verdict)

      yield* server.cli("DEL", place)
      assert.isUndefined(yield* third!.acquire)
      yield* third!.accepted
      yield* Effect.repeat(
        Effect.sync(() => late!.known()?._tag),
        { until: (tag) => tag === "Accepted", schedule: Schedule.spaced("10 millis") }
      )
      assert.strictEqual(one!.known()?._tag, "Refused", "it was refused itself, and tries for itself")
    }).pipe(Effect.scoped)
  )

  it.live("is the next replica's when nothing came of it", () =>
    Effect.gen(function* () {
      const [one, other] = yield* replicasOf(yield* makeRedisServer(), "sk", "sk")
      yield* one!.acquire
      const waiting = yield* Effect.forkChild(other!.acquire, { startImmediately: true })
      yield* one!.undecided
      assert.isUndefined(yield* Fiber.join(waiting))
    }).pipe(Effect.scoped)
  )

  it.live("is another one for another secret", () =>
    Effect.gen(function* () {
      const [one, other] = yield* replicasOf(yield* makeRedisServer(), "sk", "renewed")
      yield* one!.acquire
      yield* one!.refused(refusal)
      assert.isUndefined(yield* other!.acquire)
      yield* other!.accepted
      assert.strictEqual(one!.known()?._tag, "Refused")
    }).pipe(Effect.scoped)
  )

  it.live("is each replica's own while Redis is away", () =>
    Effect.gen(function* () {
      const server = yield* makeRedisServer()
      const [one, other] = yield* replicasOf(server, "sk", "sk")
      yield* server.kill
      assert.isUndefined(yield* one!.acquire)
      yield* one!.refused(refusal)
      assert.strictEqual((yield* one!.acquire)?._tag, "Refused")
      assert.isUndefined(yield* other!.acquire)
    }).pipe(Effect.scoped)
  )

  it.live("shows the secret nowhere in Redis", () =>
    Effect.gen(function* () {
      const server = yield* makeRedisServer()
      const [one] = yield* replicasOf(server, "Canary-sk")
      yield* one!.acquire
      const keys = yield* server.cli("--scan")
      assert.match(keys, /^test:\{credential:[0-9a-f]{32}\}:lease$/m)
      assert.notInclude(keys, "Canary")
      assert.notInclude(keys, "AK")
    }).pipe(Effect.scoped)
  )
})
