import { request as nodeRequest } from "node:http"
import { connect } from "node:net"
import { gunzipSync } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { HttpClient } from "effect/http"
import { TestClock } from "effect/testing"
import { example } from "../src/fixtures/Example.ts"
import { Fault, type ReservedFaultName, Simulator } from "../src/index.ts"
import { get, pathOf, running, withToken } from "./Caller.ts"

interface Received {
  readonly status: number | undefined
  readonly headers: NodeJS.Dict<string | Array<string>>
  readonly body: Buffer
  /** The error that ended the connection before the answer's end. */
  readonly broken?: string
}

/** Receives the bytes of a connection, also when it breaks; gives up after so many bytes. */
const receive = (url: string, giveUpAfter = Infinity) =>
  Effect.callback<Received>((resume) => {
    const outgoing = nodeRequest(url, { agent: false }, (incoming) => {
      const chunks: Array<Buffer> = []
      const done = (broken?: string) =>
        resume(
          Effect.succeed({
            status: incoming.statusCode,
            headers: incoming.headers,
            body: Buffer.concat(chunks),
            ...(broken !== undefined && { broken })
          })
        )
      incoming.on("data", (chunk: Buffer) => {
        chunks.push(chunk)
        if (chunks.reduce((sum, { length }) => sum + length, 0) >= giveUpAfter) {
          done("given up")
          outgoing.destroy()
        }
      })
      incoming.on("end", () => done())
      incoming.on("error", (error: NodeJS.ErrnoException) => done(error.code))
    })
    outgoing.on("error", (error: NodeJS.ErrnoException) =>
      resume(Effect.succeed({ status: undefined, headers: {}, body: Buffer.alloc(0), broken: String(error.code) }))
    )
    outgoing.end()
    return Effect.sync(() => outgoing.destroy())
  })

/** All the text of the answer, which no HTTP client would show when its head is wrong. */
const receiveText = (origin: string, path: string) =>
  Effect.callback<string>((resume) => {
    const { host, hostname, port } = new URL(origin)
    const socket = connect(Number(port), hostname)
    let text = ""
    socket.setEncoding("utf8").on("data", (chunk: string) => (text += chunk))
    socket.on("close", () => resume(Effect.succeed(text)))
    socket.write(`GET ${path} HTTP/1.1\r\nhost: ${host}\r\n\r\n`)
    return Effect.sync(() => socket.destroy())
  })

const reserved = Effect.fnUntraced(function* (name: ReservedFaultName, giveUpAfter?: number) {
  const simulator = yield* Simulator
  return yield* receive(simulator.cbr + (yield* pathOf(simulator.faults[name], "any-project")), giveUpAfter)
})

describe("a reserved id", () => {
  it.effect.each([
    ["signature_refused", 401, "APIGW.0301"],
    ["access_key_locked", 401, "APIGW.0301"],
    ["token_expired", 401, "APIGW.0301"],
    ["authentication_failed", 500, "BackupService.9998"],
    ["request_refused", 400, "BackupService.9900"],
    ["request_in_conflict", 409, "SYS.0409"],
    ["forbidden", 403, "BackupService.8600"],
    ["not_found", 404, "BackupService.6200"],
    ["no_such_api", 404, "APIGW.0101"],
    ["rate_limited", 429, "APIGW.0308"],
    ["server_error", 500, "BackupService.9910"],
    ["unavailable", 503, "APIGW.0613"],
    ["backend_timeout", 504, "APIGW.0201"]
  ] as const satisfies ReadonlyArray<readonly [ReservedFaultName, number, string]>)(
    "answers as the service does: %s",
    ([name, status, code]) =>
      Effect.gen(function* () {
        const answer = yield* reserved(name)
        assert.strictEqual(answer.status, status)
        const body = JSON.parse(answer.body.toString()) as { readonly error_code: string; readonly error_msg: string }
        assert.strictEqual(body.error_code, code)
        assert.isNotEmpty(body.error_msg)
        assert.match(String(answer.headers["x-request-id"]), /^[0-9a-f]{32}$/)
        assert.strictEqual(answer.headers["retry-after"], name === "rate_limited" ? "1" : undefined)
      }).pipe(Effect.provide(running()))
  )

  it.effect.each([
    ["project_refused", "badRequest", "the project in the address is not the credential's"],
    ["address_refused", "unauthorized", "Malformed request url"],
    ["authentication_unnamed", "unauthorized", "Unauthorized"]
  ] as const satisfies ReadonlyArray<readonly [ReservedFaultName, string, string]>)(
    "answers 401 in OpenStack's dialect: %s",
    ([name, fault, message]) =>
      Effect.gen(function* () {
        const answer = yield* reserved(name)
        assert.strictEqual(answer.status, 401)
        assert.deepStrictEqual(JSON.parse(answer.body.toString()), { [fault]: { code: "401", message } })
      }).pipe(Effect.provide(running()))
  )

  it.effect.each([
    ["load_balancer_error", 502, "text/html", "<html>"],
    ["other_status", 418, "text/plain", "I'm a teapot"],
    ["malformed_json", 200, "application/json", '{"backup":'],
    ["html", 200, "text/html; charset=utf-8", "<!DOCTYPE html>"],
    ["empty", 200, "application/json", ""]
  ] as const satisfies ReadonlyArray<readonly [ReservedFaultName, number, string, string]>)(
    "answers what a client does not expect: %s",
    ([name, status, type, start]) =>
      Effect.gen(function* () {
        const answer = yield* reserved(name)
        assert.deepStrictEqual([answer.status, answer.headers["content-type"]], [status, type])
        assert.isTrue(answer.body.toString().startsWith(start))
        assert.strictEqual(answer.body.length === 0, start === "")
      }).pipe(Effect.provide(running()))
  )

  it.effect("redirects to another origin", () =>
    Effect.gen(function* () {
      const { iam } = yield* Simulator
      const answer = yield* reserved("redirect")
      assert.deepStrictEqual([answer.status, answer.headers["location"]], [302, `${iam}/v3/projects`])
    }).pipe(Effect.provide(running()))
  )

  it.effect("sends more than 16 MiB without announcing the length", () =>
    Effect.gen(function* () {
      const answer = yield* reserved("too_large")
      assert.strictEqual(answer.body.length, 17 * 1024 * 1024)
      assert.notProperty(answer.headers, "content-length")
      assert.property(JSON.parse(answer.body.toString()), "backup")
    }).pipe(Effect.provide(running()))
  )

  it.effect("compresses its answer unasked", () =>
    Effect.gen(function* () {
      const answer = yield* reserved("gzip")
      assert.strictEqual(answer.headers["content-encoding"], "gzip")
      assert.strictEqual(gunzipSync(answer.body).toString(), example)
    }).pipe(Effect.provide(running()))
  )

  it.effect("announces fewer bytes than it sends", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      const text = yield* receiveText(simulator.cbr, yield* pathOf(simulator.faults.wrong_length))
      const [head = "", body] = text.split("\r\n\r\n")
      assert.include(head, "\r\ncontent-length: 100\r\n")
      assert.strictEqual(body, example)
    }).pipe(Effect.provide(running()))
  )

  it.effect("cuts its answer in the middle of the body", () =>
    Effect.gen(function* () {
      const answer = yield* reserved("cut_mid_body")
      assert.deepStrictEqual([answer.status, answer.broken], [200, "ECONNRESET"])
      assert.isTrue(example.startsWith(answer.body.toString()))
      assert.isBelow(answer.body.length, example.length)
    }).pipe(Effect.provide(running()))
  )

  it.effect("cuts its answer between chunks, under Connection: close", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      const text = yield* receiveText(simulator.cbr, yield* pathOf(simulator.faults.cut_chunks))
      const [head = "", body = ""] = text.split("\r\n\r\n")
      assert.match(head, /^connection: close$/im)
      assert.match(body, /^[0-9a-f]+\r\n\{/)
      assert.notInclude(text, "\r\n0\r\n")
    }).pipe(Effect.provide(running()))
  )

  it.effect("stalls in the middle of its body", () =>
    Effect.gen(function* () {
      const half = Math.floor(Buffer.byteLength(example) / 2)
      const answer = yield* reserved("stall_mid_body", half)
      assert.strictEqual(answer.body.toString(), example.slice(0, half))
    }).pipe(Effect.provide(running()))
  )

  it.effect("resets the connection", () =>
    Effect.gen(function* () {
      const answer = yield* reserved("reset")
      assert.deepStrictEqual([answer.status, answer.broken], [undefined, "ECONNRESET"])
    }).pipe(Effect.provide(running()))
  )

  it.effect("hangs until the simulator ends", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      const fiber = yield* Effect.forkDetach(reserved("hang"))
      yield* untilRequested(simulator)
      return fiber
    }).pipe(
      Effect.provide(running()),
      Effect.flatMap(Fiber.join),
      Effect.map((answer) => assert.deepStrictEqual([answer.status, answer.broken], [undefined, "ECONNRESET"]))
    )
  )
})

/** The request has arrived, which takes real time, whatever the clock says. */
const untilRequested = Effect.fnUntraced(function* ({ requests }: Simulator["Service"]) {
  while ((yield* requests).length === 0) yield* Effect.promise(() => new Promise(setImmediate))
})

describe("an injected fault", () => {
  it.effect("takes the place of so many answers, in the order of injection", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      const { available: backup_id, error } = simulator.backups
      yield* simulator.inject(Fault.Answer({ status: 503 }), { on: { backup_id }, times: 2 })
      yield* simulator.inject(Fault.Answer({ status: 429, headers: { "Retry-After": "2", "X-Request-Id": "mine" } }), {
        on: { backup_id }
      })
      assert.strictEqual((yield* withToken(error)).status, 200)
      const statuses = [yield* withToken(backup_id), yield* withToken(backup_id), yield* withToken(backup_id)]
      assert.deepStrictEqual(
        statuses.map(({ status }) => status),
        [503, 503, 429]
      )
      assert.strictEqual(statuses[2]?.headers["retry-after"], "2")
      assert.strictEqual(statuses[2]?.headers["x-request-id"], "mine")
      assert.strictEqual((yield* withToken(backup_id)).status, 200)
    }).pipe(Effect.provide(running()))
  )

  it.effect("meets a whole listener for ever, until it is taken back", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      yield* simulator.inject(Fault.Answer({ status: 500 }), { on: "iam", times: Infinity })
      for (const _ of [1, 2, 3]) assert.strictEqual((yield* get(`${simulator.iam}/v3/projects`)).status, 500)
      assert.strictEqual((yield* withToken(simulator.backups.available)).status, 200)
      yield* simulator.clearFaults
      assert.strictEqual((yield* get(`${simulator.iam}/v3/projects`)).status, 401)
    }).pipe(Effect.provide(running()))
  )

  it.effect("delays by the simulator's clock, and then the proper answer comes, or another fault", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      const { available: backup_id } = simulator.backups
      for (const [followedBy, status] of [
        [undefined, 200],
        [Fault.Answer({ status: 503 }), 503]
      ] as const) {
        yield* simulator.clearRequests
        yield* simulator.inject(Fault.Delay({ duration: "1 minute", ...(followedBy && { followedBy }) }), {
          on: { backup_id }
        })
        const fiber = yield* Effect.forkChild(withToken(backup_id))
        yield* untilRequested(simulator)
        yield* TestClock.adjust("1 minute")
        assert.strictEqual((yield* Fiber.join(fiber)).status, status)
      }
    }).pipe(Effect.provide(running()))
  )

  it.effect("may close the connection after the proper answer", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      const { available: backup_id } = simulator.backups
      yield* simulator.inject(Fault.CloseAfter(), { on: { backup_id } })
      const text = yield* receiveText(simulator.cbr, yield* pathOf(backup_id))
      assert.match(text, /^HTTP\/1\.1 401 /)
      assert.notMatch(text, /^connection: close/im)
    }).pipe(Effect.provide(running()))
  )

  it.effect("may leave a header out, such as the Date", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      const { available: backup_id } = simulator.backups
      yield* simulator.inject(Fault.Answer({ status: 401, headers: { date: undefined } }), { on: { backup_id } })
      assert.notProperty((yield* withToken(backup_id)).headers, "date")
    }).pipe(Effect.provide(running()))
  )

  it.effect("may leave out half of a compressed body", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      const { available: backup_id } = simulator.backups
      yield* simulator.inject(Fault.Gzip({ truncated: true }), { on: { backup_id } })
      const response = yield* HttpClient.get(simulator.cbr + (yield* pathOf(backup_id)))
      const bytes = Buffer.from(yield* response.arrayBuffer)
      assert.throws(() => gunzipSync(bytes), /unexpected end of file/)
    }).pipe(Effect.provide(running()))
  )
})
