import {
  BackupClient,
  Credentials,
  defaultResiliencePolicy,
  Endpoint,
  ErrorTable,
  ResiliencePolicy,
  type ShowBackupError
} from "@cbr/client"
import { body, closedPort, type Fault, faults, faultServer } from "@cbr/client/test/faults"
import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Layer, Redacted } from "effect"
import { defaultCachePolicy } from "../src/policy/CachePolicy.ts"
import { responseOf } from "./cache/backupOf.ts"
import { get, key, LogLines, proxyOver } from "./TestProxy.ts"

const token = "canaryTokenOfTheFaultSuite"
const path = "/v3/4229d7a45436489f8c3dc2b1d35d4987/backups/6df2b54c-dd62-4059-a07c-1b8f24f2725d"

/** What is cached is stale at once, and serves only while the cloud is ill. */
const cache = {
  ...defaultCachePolicy,
  fresh_seconds: { ...defaultCachePolicy.fresh_seconds, available: 0, error: 0, part_moving: 0, moving: 0 },
  stale_while_revalidate_seconds: 0
}

/** The ends of a call that say nothing of the backup; written down anew, since what decides must not judge itself. */
const ill: ReadonlyArray<string> = [
  "RateLimited",
  "ServiceUnavailable",
  "MalformedResponse",
  "ResponseTooLarge",
  "ConnectionFailed",
  "TimedOut"
] satisfies ReadonlyArray<ShowBackupError["_tag"]>

/** How long a caller waits, and one attempt may take, in milliseconds. */
interface Patience {
  readonly deadline: number
  readonly attempt: number
}

/** What ends by a limit meets a short one; all else has time on the busiest machine. */
const patienceWith = ({ deadline = 2_000, ends, requests, within }: Fault, isPrimed: boolean): Patience => {
  const ample = { deadline: 50_000, attempt: within === undefined ? 30_000 : 4_000 }
  if (ends !== "TimedOut") return ample
  const short = isPrimed ? 500 : deadline
  return { deadline: short, attempt: requests > 1 ? short * 0.4 : ample.attempt }
}

/** The cloud's client as the fault suite has it, but with more time for a call than any caller here gives. */
const clientOf = Effect.fnUntraced(function* (origin: string, attempt: number) {
  const policy: ResiliencePolicy = {
    ...defaultResiliencePolicy,
    attemptTimeout: Duration.millis(attempt),
    callTimeout: Duration.minutes(1),
    retries: 2,
    backoff: Duration.millis(20)
  }
  return yield* BackupClient.make.pipe(
    Effect.provide(
      Layer.mergeAll(
        Layer.orDie(Endpoint.layer({ endpoint: origin })),
        Credentials.token(Redacted.make(token)),
        Layer.succeed(ResiliencePolicy, policy),
        NodeCrypto.layerMac,
        NodeCrypto.layerDigest
      )
    )
  )
})

/**
 * What a caller of a real proxy is answered before a cloud with this fault.
 *
 * @param primed the backup that was answered, and cached, before the fault began
 */
const answerBefore = Effect.fnUntraced(function* (fault: Fault, primed?: object) {
  const { calls = 1, serve } = fault
  const { attempt, deadline } = patienceWith(fault, primed !== undefined)
  const elsewhere = yield* faultServer(({ socket }) => socket.end())
  const server = yield* faultServer(typeof serve === "function" ? serve : () => {}, {
    tls: serve === "tls",
    elsewhere: elsewhere.origin
  })
  const origin = serve === "refuses" ? `http://127.0.0.1:${yield* closedPort}` : server.origin
  let before = primed === undefined ? undefined : responseOf(primed)
  const client = Layer.effect(
    BackupClient,
    Effect.map(clientOf(origin, attempt), ({ circuit, listBackupsBody, listBackupsPage, showBackup }) =>
      BackupClient.of({
        circuit,
        listBackupsBody,
        listBackupsPage,
        showBackup: (request) =>
          Effect.suspend(() => {
            const well = before
            before = undefined
            return well === undefined ? showBackup(request) : Effect.succeed(well)
          })
      })
    )
  )
  return yield* Effect.gen(function* () {
    for (let call = primed === undefined ? 1 : 0; call < calls; call++) {
      assert.strictEqual((yield* get(path)).status, 200)
      // The transport takes a moment to put a connection back.
      yield* Effect.sleep("50 millis")
    }
    const answer = yield* get(path, { "x-auth-token": key, "x-cbr-timeout-ms": String(deadline) })
    const all = JSON.stringify([answer, yield* LogLines])
    for (const secret of [token, key]) assert.notInclude(all, secret)
    assert.strictEqual(elsewhere.seen.connections, 0)
    return { ...answer, requests: server.seen.requests }
  }).pipe(
    Effect.provide(
      Layer.merge(proxyOver(client, { cache }), NodeHttpClient.layerUndici).pipe(
        Layer.provide(NodeHttpClient.layerUndici)
      )
    )
  )
})

type Answer = Effect.Success<ReturnType<typeof answerBefore>>

/** A documented status, and a body that says as much. */
const assertProblem = ({ headers, status, text }: Answer, { ends, says }: Fault) => {
  if (ends === "Success") return assert.fail(`${status} ${text}`)
  const { httpStatus, slug } = ErrorTable[ends]
  assert.strictEqual(status, httpStatus, text)
  assert.strictEqual(headers["content-type"], "application/problem+json")
  const problem = JSON.parse(text) as Readonly<Record<string, unknown>>
  assert.deepInclude(problem, { type: `/-/problems/${slug}`, status: httpStatus })
  for (const name of ["title", "detail", "error_code", "error_msg", "request_id", "instance"]) {
    assert.isTrue(typeof problem[name] === "string" && problem[name] !== "", name)
  }
  // The caller's own deadline ends what would last longer.
  if (ends === "TimedOut") {
    assert.match(String(problem["detail"]), /within the caller's \d+ ms$/)
    assert.propertyVal(problem["failure"], "code", "no-answer-for-caller")
  }
  if (ends === "RateLimited") assert.strictEqual(headers["retry-after"], String(says?.["retry_after"]))
  assert.notProperty(headers, "location")
}

const assertBackup = ({ status, text }: Answer, expected: string) => {
  assert.strictEqual(status, 200, text)
  assert.strictEqual(text, expected)
}

const available = { id: "6df2b54c-dd62-4059-a07c-1b8f24f2725d", name: "of before", status: "available" }

describe.concurrent("before a cloud that", { timeout: 60_000 }, () => {
  for (const fault of faults) {
    const { ends, name, requests, serve } = fault
    const status = ends === "Success" ? 200 : ErrorTable[ends].httpStatus

    it.live(`${name}: ${status}, at most ${requests} requests`, () =>
      Effect.gen(function* () {
        const answer = yield* answerBefore(fault)
        if (ends === "Success") assertBackup(answer, body)
        else assertProblem(answer, fault)
        const reached = typeof serve === "function" ? requests : 0
        // How many attempts a deadline has room for is a matter of the machine.
        assert.isAtMost(answer.requests, reached)
        if (ends !== "TimedOut") assert.strictEqual(answer.requests, reached)
      })
    )

    it.live(`${name}, after it answered "available": ${ill.includes(ends) ? "that, as stale-if-error" : status}`, () =>
      Effect.gen(function* () {
        const answer = yield* answerBefore(fault, available)
        if (ends === "Success") return assertBackup(answer, body)
        if (!ill.includes(ends)) return assertProblem(answer, fault)
        assertBackup(answer, JSON.stringify({ backup: available }))
        assert.match(answer.headers["cache-status"] ?? "", /^cbr-proxy; hit; ttl=-?\d+; detail=stale-if-error$/)
      })
    )

    it.live(`${name}, after it answered "restoring": ${status}`, () =>
      Effect.gen(function* () {
        const answer = yield* answerBefore(fault, { ...available, status: "restoring" })
        if (ends === "Success") assertBackup(answer, body)
        else assertProblem(answer, fault)
      })
    )
  }
})
