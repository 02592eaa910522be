import { AuthenticationFailed } from "@cbr/client"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import type { Acquired } from "../../src/store/LeasedValues.ts"
import { alone, type CredentialStatus, makeCredentialTrial } from "../../src/upstream/CredentialTrial.ts"

const error = new AuthenticationFailed({
  detail: { code: "other", message: "verify aksk signature fail" },
  status_code: 401
})

/** A lease, and what it asked and told of the other replicas, whose answer to a claim is the test's. */
const amongReplicas = () => {
  const log: Array<string> = []
  const others = { claim: { _tag: "Granted", token: "t" } as Acquired<CredentialStatus> }
  const lease = makeCredentialTrial({
    ...alone,
    claim: Effect.sync(() => {
      log.push("claim")
      return others.claim
    }),
    release: (token, told) => Effect.sync(() => void log.push(`${token ?? "no lease"}: ${told?._tag ?? "nothing"}`))
  })
  return { lease, others, log }
}

describe("the lease of a credential", () => {
  it.effect("lets a process try what is not known, and needs nothing once it is accepted", () =>
    Effect.gen(function* () {
      const { lease, log } = amongReplicas()
      assert.isUndefined(yield* lease.acquire)
      assert.isUndefined(yield* lease.acquire, "the lease is a process's, not a request's")
      yield* lease.accepted
      assert.strictEqual((yield* lease.acquire)?._tag, "Accepted")
      assert.deepStrictEqual(log, ["claim", "t: Accepted"])
    })
  )

  it.effect("is asked for again when nothing came of it for ten seconds", () =>
    Effect.gen(function* () {
      const { lease, log } = amongReplicas()
      yield* lease.acquire
      yield* TestClock.adjust("9 seconds")
      yield* lease.acquire
      assert.deepStrictEqual(log, ["claim"])
      yield* TestClock.adjust("1 second")
      yield* lease.acquire
      assert.deepStrictEqual(log, ["claim", "claim"])
    })
  )

  it.effect("is given back with what came of it, where the store did not tell of it", () =>
    Effect.gen(function* () {
      const { lease, log, others } = amongReplicas()
      others.claim = { _tag: "Alone", token: "untold" }
      assert.isUndefined(yield* lease.acquire)
      yield* lease.accepted
      assert.deepStrictEqual(log, ["claim", "untold: Accepted"])
    })
  )

  it.effect("is given back after a try that says nothing", () =>
    Effect.gen(function* () {
      const { lease, log } = amongReplicas()
      yield* lease.undecided
      assert.deepStrictEqual(log, [], "only a process that has the lease gives it back")
      yield* lease.acquire
      yield* lease.undecided
      assert.isUndefined(lease.known())
      assert.isUndefined(yield* lease.acquire)
      assert.deepStrictEqual(log, ["claim", "t: nothing", "claim"])
    })
  )

  it.effect("ends at once with what another replica found out", () =>
    Effect.gen(function* () {
      const { lease, others } = amongReplicas()
      const status = { _tag: "Refused", error, until: 60_000 } as const
      others.claim = { _tag: "Found", value: status, isAwaited: false }
      assert.deepStrictEqual(yield* lease.acquire, status)
      assert.deepStrictEqual(lease.known(), status)
    })
  )

  it.effect(
    "a refusal holds requests back that have long been accepted, and a request on its way does not lift it",
    () =>
      Effect.gen(function* () {
        const lease = makeCredentialTrial()
        yield* lease.acquire
        yield* lease.accepted
        yield* lease.refused(error)
        assert.strictEqual((yield* lease.acquire)?._tag, "Refused")
        yield* lease.accepted
        assert.strictEqual(lease.known()?._tag, "Refused")
      })
  )

  it.effect("a refusal is told to the other replicas without a lease as well", () =>
    Effect.gen(function* () {
      const { lease, log } = amongReplicas()
      yield* lease.acquire
      yield* lease.accepted
      yield* lease.refused(error)
      assert.deepStrictEqual(log, ["claim", "t: Accepted", "no lease: Refused"])
    })
  )

  it.effect("after five minutes one request tries, and the others fail until it is known", () =>
    Effect.gen(function* () {
      const lease = makeCredentialTrial()
      yield* lease.refused(error)
      yield* TestClock.adjust("299 seconds")
      assert.strictEqual((yield* lease.acquire)?._tag, "Refused")
      yield* TestClock.adjust("1 second")
      assert.isUndefined(yield* lease.acquire)
      const held = yield* lease.acquire
      assert.deepInclude(held, { _tag: "Refused", until: 360_000 })
      yield* lease.accepted
      assert.strictEqual((yield* lease.acquire)?._tag, "Accepted")
    })
  )

  it.effect("a refusal of another replica ends with what others find out, and its own does not", () =>
    Effect.gen(function* () {
      const lease = makeCredentialTrial()
      const refused: CredentialStatus = { _tag: "Refused", error, until: 60_000 }
      lease.merge(refused)
      lease.merge({ ...refused, until: 60_500 })
      assert.deepStrictEqual(lease.known(), refused, "each process that hears it reads the time by itself")
      lease.merge({ ...refused, until: 90_000 })
      assert.deepStrictEqual(lease.known(), { ...refused, until: 90_000 })
      lease.merge({ _tag: "Accepted" })
      assert.strictEqual(lease.known()?._tag, "Accepted")
      yield* lease.refused(error)
      lease.merge({ _tag: "Accepted" })
      assert.strictEqual(lease.known()?._tag, "Refused")
      yield* TestClock.adjust("5 minutes")
      assert.isUndefined(yield* lease.acquire)
      lease.merge({ _tag: "Accepted" })
      assert.strictEqual(lease.known()?._tag, "Accepted", "a process that tries the credential asks the others first")
    })
  )
})
