import { Duration, Effect, Result, Schedule, type Scope } from "effect"
import type { RedisAddress } from "../../src/store/RedisAddress.ts"
import { answers, ask, makeCloud, request } from "../cache/Cloud.ts"
import { makeReplica, type Replica } from "./Replicas.ts"

export const backupOf = (n: number) => ({
  ...request,
  backup_id: `6df2b54c-dd62-4059-a07c-${String(n).padStart(12, "0")}`
})

/** A cloud in which each backup is named for its id and told as seldom, so that a wrong answer shows. */
const makeNamingCloud = () => {
  const cloud = {
    calls: 0,
    upstream: {
      ...makeCloud(Effect.never).upstream,
      showBackup: ({ backup_id }: typeof request) => {
        cloud.calls++
        return Effect.delay(answers.backup({ status: "restoring", name: backup_id }), "5 millis")
      }
    }
  }
  return cloud
}

/** 40 callers that ask for 10 backups for ever, and find fault with everything but the right answer. */
const load = (replicas: ReadonlyArray<Replica>, cloud: ReturnType<typeof makeNamingCloud>) =>
  Effect.gen(function* () {
    const seen = { answers: 0, faults: [] as Array<string> }
    const caller = (n: number) =>
      Effect.gen(function* () {
        const asked = backupOf(n % 10)
        const { outcome } = yield* replicas[n % replicas.length]!.run(
          ask(cloud.upstream, "max-age=1", { request: asked, mayBypass: true })
        )
        seen.answers++
        const text = Result.isSuccess(outcome)
          ? new TextDecoder().decode(outcome.success.identity.body)
          : outcome.failure._tag
        if (!text.includes(asked.backup_id)) seen.faults.push(text)
        yield* Effect.sleep("2 millis")
      })
    yield* Effect.forkChild(
      Effect.forEach(Array.from({ length: 40 }), (_, n) => Effect.forever(caller(n)), { concurrency: "unbounded" })
    )
    return seen
  })

const isDegraded = ({ value }: Replica) => Effect.map(value("cbr_proxy_redis_degraded"), (value) => value === 1)
export const eventually = (is: Effect.Effect<boolean>) =>
  Effect.flatMap(is, (yes) => (yes ? Effect.void : Effect.fail("not yet"))).pipe(
    Effect.retry(Schedule.spaced("20 millis").pipe(Schedule.upTo({ times: 500 }))),
    Effect.orDie
  )

/** The answers that callers of two replicas get while their Redis has a fault, and until all works again. */
export const underLoad = (
  address: RedisAddress,
  { begin, end }: { readonly begin: Effect.Effect<unknown>; readonly end: Effect.Effect<unknown> }
): Effect.Effect<{ readonly answers: number; readonly faults: ReadonlyArray<string> }, never, Scope.Scope> =>
  Effect.gen(function* () {
    const timeLimit = Duration.millis(20)
    const replicas = yield* Effect.all([makeReplica({ address, timeLimit }), makeReplica({ address, timeLimit })])
    const cloud = makeNamingCloud()
    const seen = yield* load(replicas, cloud)
    yield* eventually(Effect.sync(() => seen.answers > 500))
    yield* begin
    for (const replica of replicas) yield* eventually(isDegraded(replica))
    const during = seen.answers
    yield* eventually(Effect.sync(() => seen.answers > during + 500))
    yield* end
    for (const replica of replicas) yield* eventually(Effect.map(isDegraded(replica), (is) => !is))
    const led = replicas[1].count("cbr_proxy_shared_calls_total", { result: "led" })
    const after = yield* led
    yield* eventually(Effect.map(led, (led) => led > after))
    return seen
  })
