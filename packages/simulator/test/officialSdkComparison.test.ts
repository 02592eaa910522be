import {
  BackupClient,
  Credentials,
  defaultResiliencePolicy,
  Endpoint,
  ResiliencePolicy,
  type ShowBackupError,
  withCallTimeout
} from "@cbr/client"
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Layer, Redacted, Result } from "effect"
import { Fault, type LoggedRequest, Simulator } from "../src/index.ts"
import { running } from "./Caller.ts"
import { heard, officialShowBackup } from "./OfficialClient.ts"

const once: ResiliencePolicy = { ...withCallTimeout(defaultResiliencePolicy, Duration.seconds(1)), retries: 0 }

/** Our call, over the same transport library, with one attempt unless told otherwise. */
const ourShowBackup = Effect.fnUntraced(function* (backup_id: string, policy: ResiliencePolicy = once) {
  const { ak, cbr, project_id, sk } = yield* Simulator
  return yield* BackupClient.use((client) => client.showBackup({ project_id, backup_id })).pipe(
    Effect.provide(BackupClient.layer),
    Effect.provide([Credentials.accessKey({ ak, sk }), Layer.orDie(Endpoint.layer({ endpoint: cbr }))]),
    Effect.provideService(ResiliencePolicy, policy)
  )
})

const requestsTo = (listener: "cbr" | "iam") =>
  Effect.gen(function* () {
    const { requests } = yield* Simulator
    return (yield* requests).filter((request) => request.listener === listener)
  })

describe("the official core and ours get the same from the service", () => {
  it.live("for every backup that it has", () =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      assert.isAbove(Object.keys(backups).length, 5)
      for (const backup_id of Object.values(backups)) {
        const { httpStatusCode, ...official } = (yield* officialShowBackup({ backup_id })) as Record<string, unknown>
        const ours = yield* ourShowBackup(backup_id)
        assert.strictEqual(httpStatusCode, 200)
        assert.deepStrictEqual(official, JSON.parse(ours.raw))
      }
    }).pipe(Effect.provide(running()))
  )

  const refusals = [
    "access_key_locked",
    "token_expired",
    "authentication_failed",
    "forbidden",
    "not_found",
    "no_such_api",
    "rate_limited",
    "server_error",
    "unavailable",
    "backend_timeout"
  ] as const
  for (const name of refusals) {
    it.live(`for ${name}: status, code, words and request id`, () =>
      Effect.gen(function* () {
        const { faults, requests } = yield* Simulator
        const { outcome: official } = yield* heard(Effect.flip(officialShowBackup({ backup_id: faults[name] })))
        const ours = yield* Effect.flip(ourShowBackup(faults[name]))
        const ids = (yield* requests).map(({ request_id }) => request_id)
        assert.deepStrictEqual(
          [official.httpStatusCode, official.errorCode, official.errorMsg],
          [ours.status_code, ours.error_code, ours.error_msg]
        )
        assert.deepStrictEqual([official.requestId, ours.request_id], ids)
      }).pipe(Effect.provide(running()))
    )
  }
})

describe("what the official core does, and ours does not", () => {
  it.live("it writes the valid Authorization of a refused request to stdout", () =>
    Effect.gen(function* () {
      const { faults } = yield* Simulator
      const official = yield* heard(Effect.flip(officialShowBackup({ backup_id: faults.not_found })))
      const ours = yield* heard(Effect.flip(ourShowBackup(faults.not_found)))
      const [first, second] = yield* requestsTo("cbr")
      assert.include(official.written, authorizationOf(first))
      assert.notInclude(ours.written + shown(ours.outcome), authorizationOf(second))
      assert.strictEqual(ours.written, "")
    }).pipe(Effect.provide(running()))
  )

  it.live("it hands on the signature that an error quotes", () =>
    Effect.gen(function* () {
      const { faults } = yield* Simulator
      const { outcome } = yield* heard(Effect.flip(officialShowBackup({ backup_id: faults.signature_refused })))
      assert.match(outcome.errorMsg ?? "", /Access=QUOTEDACCESSKEY00001.*Signature=0badc0de/)
      const ours = yield* Effect.flip(ourShowBackup(faults.signature_refused))
      assert.notMatch(shown(ours), /QUOTEDACCESSKEY|0badc0de/)
    }).pipe(Effect.provide(running()))
  )

  for (const fault of ["hang", "stall_mid_body"] as const) {
    it.live(`it waits without end (${fault})`, () =>
      Effect.gen(function* () {
        const { faults } = yield* Simulator
        const [official, ours] = yield* Effect.all(
          [
            heard(officialShowBackup({ backup_id: faults[fault] }).pipe(Effect.timeoutOption(observation))),
            Effect.flip(ourShowBackup(faults[fault]))
          ],
          { concurrency: 2 }
        )
        assert.strictEqual(official.outcome._tag, "None", `still waiting after ${Duration.format(observation)}`)
        assert.strictEqual(ours._tag, "TimedOut")
      }).pipe(Effect.provide(running()))
    )
  }

  for (const fault of ["html", "empty", "malformed_json"] as const) {
    it.live(`it reports success without a backup (${fault})`, () =>
      Effect.gen(function* () {
        const { faults } = yield* Simulator
        const official = yield* officialShowBackup({ backup_id: faults[fault] })
        assert.deepEqual({ ...official }, { httpStatusCode: 200 })
        const ours = yield* Effect.flip(ourShowBackup(faults[fault]))
        assert.strictEqual(ours._tag, "MalformedResponse")
      }).pipe(Effect.provide(running()))
    )
  }

  it.live("it reads an answer of any size", () =>
    Effect.gen(function* () {
      const { faults } = yield* Simulator
      const official = yield* officialShowBackup({ backup_id: faults.too_large })
      assert.isAbove(JSON.stringify(official).length, defaultResiliencePolicy.largestBody)
      assert.strictEqual(
        (yield* Effect.flip(ourShowBackup(faults.too_large, { ...defaultResiliencePolicy, retries: 0 })))._tag,
        "ResponseTooLarge"
      )
    }).pipe(Effect.provide(running()))
  )

  it.live("it follows a redirect to another origin", () =>
    Effect.gen(function* () {
      const { faults } = yield* Simulator
      yield* Effect.flip(ourShowBackup(faults.redirect))
      assert.strictEqual((yield* requestsTo("iam")).length, 0)
      yield* heard(Effect.flip(officialShowBackup({ backup_id: faults.redirect })))
      assert.strictEqual((yield* requestsTo("iam")).length, 1)
    }).pipe(Effect.provide(running()))
  )

  it.live("it gives up at the first 503, where a second request succeeds", () =>
    Effect.gen(function* () {
      const { backups, inject } = yield* Simulator
      const backup_id = backups.example
      yield* inject(Fault.Answer({ status: 503 }), { on: { backup_id } })
      const { outcome } = yield* heard(Effect.result(officialShowBackup({ backup_id })))
      assert.isTrue(Result.isFailure(outcome))
      yield* inject(Fault.Answer({ status: 503 }), { on: { backup_id } })
      const response = yield* ourShowBackup(backup_id, defaultResiliencePolicy)
      assert.strictEqual(response.backup.id, backup_id)
    }).pipe(Effect.provide(running()))
  )
})

/** Longer than our call timeout, and long enough to tell a wait without end from a slow answer of loopback. */
const observation = Duration.seconds(2)

const authorizationOf = (request: LoggedRequest | undefined): string => {
  const authorization = request?.headers["authorization"]
  if (!Redacted.isRedacted(authorization)) return assert.fail("not signed")
  return Redacted.value(authorization)
}

const shown = (error: ShowBackupError) => `${error.message} ${JSON.stringify(error)} ${error.stack}`
