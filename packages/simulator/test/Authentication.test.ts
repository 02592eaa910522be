import { V11HmacSha256 } from "@cbr/client/signing"
import { assert, describe, it } from "@effect/vitest"
import { DateTime, Effect, Redacted } from "effect"
import { TestClock } from "effect/testing"
import { Simulator } from "../src/index.ts"
import { get, pathOf, running, signed, withSignature, withToken, wrongSecret } from "./Caller.ts"

const errorOf = ({ status, text }: { readonly status: number; readonly text: string }) => {
  const { error_code, error_msg } = JSON.parse(text) as { readonly error_code: string; readonly error_msg: string }
  return { status, error_code, error_msg }
}

const prefix = "Incorrect IAM authentication information: "

describe("a signature", () => {
  it.effect("of the account's key is accepted", () =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      assert.strictEqual((yield* withSignature(backups.available)).status, 200)
    }).pipe(Effect.provide(running()))
  )

  it.effect("of a wrong secret is refused, and the refusal quotes the request back", () =>
    Effect.gen(function* () {
      const { backups, cbr } = yield* Simulator
      const url = cbr + (yield* pathOf(backups.available))
      const headers = yield* signed(url, { accessKey: yield* wrongSecret })
      const error = errorOf(yield* get(url, headers))
      assert.deepStrictEqual([error.status, error.error_code], [401, "APIGW.0301"])
      const { host, pathname } = new URL(url)
      const canonical = `GET|${pathname}/||host:${host}|x-sdk-date:19700101T000000Z||host;x-sdk-date|e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855`
      assert.strictEqual(
        error.error_msg,
        `${prefix}verify aksk signature fail, canonicalRequest:${canonical}|authorization:${headers["authorization"]}`
      )
    }).pipe(Effect.provide(running()))
  )

  it.effect("by V11-HMAC-SHA256 is accepted for this region and service alone", () =>
    Effect.gen(function* () {
      const { ak, backups, cbr, region, sk } = yield* Simulator
      const path = yield* pathOf(backups.available)
      const date = yield* DateTime.now
      const derived = (service: string) =>
        V11HmacSha256.sign(
          { method: "GET", path, query: "", headers: { host: new URL(cbr).host } },
          { accessKey: { ak, sk }, date, region, service }
        )
      assert.strictEqual((yield* get(cbr + path, yield* derived("cbr"))).status, 200)
      assert.strictEqual((yield* get(cbr + path, yield* derived("ecs"))).status, 401)
    }).pipe(Effect.provide(running()))
  )

  it.effect("does not cover another path", () =>
    Effect.gen(function* () {
      const { backups, cbr } = yield* Simulator
      const headers = yield* signed(cbr + (yield* pathOf(backups.available)))
      assert.strictEqual((yield* get(cbr + (yield* pathOf(backups.error)), headers)).status, 401)
    }).pipe(Effect.provide(running()))
  )

  it.effect("of an unknown key names the key", () =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      const answer = yield* withSignature(backups.available, {
        accessKey: { ak: "NOBODYSACCESSKEY", sk: Redacted.make("secret") }
      })
      assert.deepStrictEqual(errorOf(answer), {
        status: 401,
        error_code: "APIGW.0301",
        error_msg: `${prefix}Get secretKey failed, ak:NOBODYSACCESSKEY, err:ak not exist`
      })
    }).pipe(Effect.provide(running()))
  )

  it.effect("holds for 15 minutes either way", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(DateTime.toEpochMillis(DateTime.makeUnsafe("2026-01-02T03:04:05Z")))
      const { backups } = yield* Simulator
      const now = yield* DateTime.now
      const at = (seconds: number) => withSignature(backups.available, { date: DateTime.add(now, { seconds }) })
      assert.strictEqual((yield* at(900)).status, 200)
      assert.strictEqual((yield* at(-900)).status, 200)
      assert.strictEqual((yield* at(901)).status, 401)
      assert.deepStrictEqual(errorOf(yield* at(-901)), {
        status: 401,
        error_code: "APIGW.0301",
        error_msg: `${prefix}signature expired, signTime: 20260102T024904Z, serverTime: 2026-01-02T03:04:05.000Z`
      })
    }).pipe(Effect.provide(running()))
  )

  it.effect.each([
    { authorization: "Bearer abc", reason: "an algorithm that is not accepted here" },
    { authorization: "SDK-HMAC-SM3 Access=A, SignedHeaders=host, Signature=00", reason: "SDK-HMAC-SM3" },
    { authorization: "SDK-HMAC-SHA256 nonsense", reason: "the Authorization header is not of the form" }
  ])("that cannot be read is refused: $authorization", ({ authorization, reason }) =>
    Effect.gen(function* () {
      const { backups, cbr } = yield* Simulator
      const error = errorOf(yield* get(cbr + (yield* pathOf(backups.available)), { authorization }))
      assert.deepStrictEqual([error.status, error.error_code], [401, "APIGW.0301"])
      assert.include(error.error_msg, reason)
    }).pipe(Effect.provide(running()))
  )

  it.effect("for another project than X-Project-Id says is refused", () =>
    Effect.gen(function* () {
      const { backups, project_id } = yield* Simulator
      const own = yield* withSignature(backups.available, { headers: { "x-project-id": project_id } })
      assert.strictEqual(own.status, 200)
      const other = yield* withSignature(backups.available, { headers: { "x-project-id": "other" } })
      assert.deepStrictEqual([other.status, errorOf(other).error_code], [403, "APIGW.0306"])
    }).pipe(Effect.provide(running()))
  )

  it.effect("of a temporary key needs its security token, until the key ends", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      const { ak, security_token, sk } = yield* simulator.issueTemporaryKey("1 hour")
      const { available } = simulator.backups
      assert.strictEqual((yield* withSignature(available, { accessKey: { ak, sk, security_token } })).status, 200)
      const without = errorOf(yield* withSignature(available, { accessKey: { ak, sk } }))
      assert.deepStrictEqual(without, {
        status: 401,
        error_code: "APIGW.0301",
        error_msg: `${prefix}security token is invalid, ak:${ak}`
      })
      yield* TestClock.adjust("1 hour")
      assert.strictEqual((yield* withSignature(available, { accessKey: { ak, sk, security_token } })).status, 401)
    }).pipe(Effect.provide(running()))
  )
})

describe("the lock-out", () => {
  const fail = (times: number) =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      const accessKey = yield* wrongSecret
      for (let i = 0; i < times; i++) yield* withSignature(backups.available, { accessKey })
    })
  const right = Effect.flatMap(Simulator, ({ backups }) => withSignature(backups.available))

  it.effect("spares a key that fails five times", () =>
    Effect.gen(function* () {
      yield* fail(5)
      assert.strictEqual((yield* right).status, 200)
      yield* fail(5)
      assert.strictEqual((yield* right).status, 200)
    }).pipe(Effect.provide(running()))
  )

  it.effect("closes a key that fails six times in a row, for five minutes, right or wrong", () =>
    Effect.gen(function* () {
      yield* fail(6)
      assert.deepStrictEqual(errorOf(yield* right), {
        status: 401,
        error_code: "APIGW.0301",
        error_msg: `${prefix}AK access failed to reach the limit, forbidden`
      })
      yield* TestClock.adjust("299 seconds")
      assert.strictEqual((yield* right).status, 401)
      yield* TestClock.adjust("1 second")
      assert.strictEqual((yield* right).status, 200)
    }).pipe(Effect.provide(running()))
  )

  it.effect("does not concern tokens", () =>
    Effect.gen(function* () {
      yield* fail(6)
      const { backups } = yield* Simulator
      assert.strictEqual((yield* withToken(backups.available)).status, 200)
    }).pipe(Effect.provide(running()))
  )
})

describe("a token", () => {
  const use = (token: Redacted.Redacted<string>) =>
    Effect.gen(function* () {
      const { backups, cbr } = yield* Simulator
      return yield* get(cbr + (yield* pathOf(backups.available)), { "x-auth-token": Redacted.value(token) })
    })

  it.effect("is good for 24 hours", () =>
    Effect.gen(function* () {
      const token = yield* (yield* Simulator).issueToken
      assert.strictEqual((yield* use(token)).status, 200)
      yield* TestClock.adjust("86399 seconds")
      assert.strictEqual((yield* use(token)).status, 200)
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(errorOf(yield* use(token)), {
        status: 401,
        error_code: "APIGW.0301",
        error_msg: `${prefix}token expires, expires_at: 1970-01-02T00:00:00.000Z`
      })
    }).pipe(Effect.provide(running()))
  )

  it.effect("that was revoked must be renewed", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      const token = yield* simulator.issueToken
      yield* simulator.revokeTokens
      assert.deepStrictEqual(errorOf(yield* use(token)), {
        status: 401,
        error_code: "APIGW.0307",
        error_msg: "The token must be updated"
      })
      assert.strictEqual((yield* use(yield* simulator.issueToken)).status, 200)
    }).pipe(Effect.provide(running()))
  )

  it.effect("of somewhere else cannot be decrypted", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(errorOf(yield* use(Redacted.make("MIIforeign"))), {
        status: 401,
        error_code: "APIGW.0301",
        error_msg: `${prefix}decrypt token fail`
      })
    }).pipe(Effect.provide(running()))
  )

  it.effect("is needed if there is no signature", () =>
    Effect.gen(function* () {
      const { backups, cbr } = yield* Simulator
      assert.deepStrictEqual(errorOf(yield* get(cbr + (yield* pathOf(backups.available)))), {
        status: 401,
        error_code: "APIGW.0301",
        error_msg: `${prefix}x-auth-token not found`
      })
    }).pipe(Effect.provide(running()))
  )
})
