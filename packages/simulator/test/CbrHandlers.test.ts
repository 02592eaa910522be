import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import { TestClock } from "effect/testing"
import { Simulator } from "../src/index.ts"
import { get, pathOf, running, withToken } from "./Caller.ts"

const statusOf = (text: string) => (JSON.parse(text) as { readonly backup: { readonly status: string } }).backup.status

describe("GET /v3/{project_id}/backups/{backup_id}", () => {
  it.effect("answers JSON with a request id and the date of the simulator's clock", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(Date.UTC(2026, 0, 2, 3, 4, 5))
      const { backups } = yield* Simulator
      const { headers, status, text } = yield* withToken(backups.available)
      assert.strictEqual(status, 200)
      assert.strictEqual(statusOf(text), "available")
      assert.strictEqual(headers["content-type"], "application/json")
      assert.strictEqual(headers["date"], "Fri, 02 Jan 2026 03:04:05 GMT")
      assert.match(headers["x-request-id"] ?? "", /^[0-9a-f]{32}$/)
    }).pipe(Effect.provide(running()))
  )

  it.effect("finds a backup whatever the case of its id", () =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      assert.strictEqual((yield* withToken(backups.example.toUpperCase())).status, 200)
    }).pipe(Effect.provide(running()))
  )

  it.effect("turns protecting into available ten seconds after it was first asked for", () =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      const status = Effect.map(withToken(backups.becoming_available), ({ text }) => statusOf(text))
      yield* TestClock.adjust("1 hour")
      assert.strictEqual(yield* status, "protecting")
      yield* TestClock.adjust("9 seconds")
      assert.strictEqual(yield* status, "protecting")
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* status, "available")
    }).pipe(Effect.provide(running()))
  )

  it.effect("serves what was put, and nothing of what was removed", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      const backup_id = simulator.backups.available
      yield* simulator.put({ backup_id, status: 203, headers: { "X-Odd": "1" }, body: "\ufeff{ }\n" })
      const answer = yield* withToken(backup_id)
      assert.deepStrictEqual([answer.status, answer.headers["x-odd"], answer.text.trim()], [203, "1", "{ }"])
      yield* simulator.remove(backup_id)
      assert.strictEqual((yield* withToken(backup_id)).status, 404)
    }).pipe(Effect.provide(running()))
  )

  it.effect("says BackupService.6200 of a backup that does not exist", () =>
    Effect.gen(function* () {
      const backup_id = "0f0f0f0f-0000-4000-8000-000000000000"
      const { status, text } = yield* withToken(backup_id)
      assert.strictEqual(status, 404)
      assert.strictEqual(
        text,
        `{"error_code":"BackupService.6200","error_msg":"The backup does not exist, id: ${backup_id}"}`
      )
    }).pipe(Effect.provide(running()))
  )

  it.effect.each(["not-a-uuid", "6df2b54cdd6240 59", "..%2f..%2fx", "6df2b54c-dd62-4059-a07c-1b8f24f2725d%00"])(
    "says 400 of the id %s",
    (backup_id) =>
      Effect.gen(function* () {
        const { status, text } = yield* withToken(encodeURI(decodeURIComponent(backup_id)).replaceAll("/", "%2F"))
        assert.strictEqual(status, 400)
        assert.strictEqual(text, `{"error_code":"BackupService.9900","error_msg":"The backup ID is not a UUID"}`)
      }).pipe(Effect.provide(running()))
  )

  it.effect("says 403 of another account's project, and of one that the token is not for", () =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      for (const project_id of ["ffffffffffffffffffffffffffffffff", "0605767a7f8025d82fe7c00ee3f2c2f4"]) {
        const { status, text } = yield* withToken(backups.available, project_id)
        assert.strictEqual(status, 403)
        assert.strictEqual(
          text,
          `{"error_code":"BackupService.8600","error_msg":"The user is not authenticated for the project"}`
        )
      }
    }).pipe(Effect.provide(running()))
  )

  it.effect("is all that is published: other paths and methods are APIGW.0101", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      const path = yield* pathOf(simulator.backups.available)
      const token = Redacted.value(yield* simulator.issueToken)
      const requests = [
        HttpClientRequest.get(`${simulator.cbr}/`),
        HttpClientRequest.get(`${simulator.cbr}/v3/projects`),
        HttpClientRequest.get(`${simulator.cbr}${path}/`),
        HttpClientRequest.get(`${simulator.cbr}/${path}`),
        HttpClientRequest.get(`${simulator.cbr}${path.replace("v3", "V3")}`),
        HttpClientRequest.get(`${simulator.iam}${path}`),
        HttpClientRequest.delete(`${simulator.cbr}${path}`),
        HttpClientRequest.post(`${simulator.cbr}${path}`)
      ]
      for (const request of requests) {
        const response = yield* HttpClient.execute(HttpClientRequest.setHeader(request, "x-auth-token", token))
        assert.strictEqual(response.status, 404, `${request.method} ${request.url}`)
        assert.deepStrictEqual(yield* response.json, {
          error_msg: "The API does not exist or has not been published in the environment",
          error_code: "APIGW.0101",
          request_id: response.headers["x-request-id"] ?? ""
        })
      }
      const head = yield* HttpClient.head(`${simulator.cbr}${path}`, { headers: { "x-auth-token": token } })
      assert.strictEqual(head.status, 404)
    }).pipe(Effect.provide(running()))
  )

  it.effect("answers a path whose escapes mean nothing", () =>
    Effect.gen(function* () {
      const { cbr } = yield* Simulator
      const { headers, status } = yield* get(`${cbr}/v3/p/backups/%zz`)
      assert.oneOf(status, [400, 401, 404])
      assert.match(headers["x-request-id"] ?? "", /^[0-9a-f]{32}$/)
    }).pipe(Effect.provide(running()))
  )
})
