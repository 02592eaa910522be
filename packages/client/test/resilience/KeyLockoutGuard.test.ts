import { type AccessKeyCredential, BackupClient, Credentials, KeyLockoutGuard, type ShowBackupError } from "@cbr/client"
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Exit, Fiber, Layer, Redacted, Stream } from "effect"
import { TestClock } from "effect/testing"
import { type Answer, inMemory, type Script } from "../InMemoryTransport.ts"
import { accessKey, body, clientLayer, request, token } from "../TestClient.ts"

const refusal: Answer = {
  status: 401,
  headers: { "x-request-id": "r-1" },
  body: `{"error_code":"APIGW.0301","error_msg":"Incorrect IAM authentication information: verify aksk signature fail"}`
}
const found: Answer = { status: 200, body }

const slow = (answer: Answer) => Effect.as(Effect.sleep("100 millis"), answer)

/** A key that the test may change between calls. */
const changing = () => {
  const held: { credential: AccessKeyCredential } = { credential: { _tag: "AccessKey", accessKey } }
  const layer = Layer.succeed(Credentials, {
    current: Effect.sync(() => held.credential),
    refused: () => Effect.succeed(false)
  })
  return { held, layer }
}

const show = BackupClient.use((client) => client.showBackup(request))

const showOf = (project_id: string, count: number) =>
  Effect.all(
    Array.from({ length: count }, () =>
      Effect.exit(BackupClient.use((client) => client.showBackup({ ...request, project_id })))
    ),
    { concurrency: "unbounded" }
  )

const many = (count: number) => showOf(request.project_id, count)

/** Runs under virtual time, for a minute by default. */
const within = Effect.fnUntraced(function* <A, E, R>(effect: Effect.Effect<A, E, R>) {
  const fiber = yield* Effect.forkChild(effect)
  yield* TestClock.adjust("1 minute")
  return yield* Fiber.join(fiber)
})

const over = (script: Script, credentials = changing().layer) => {
  const transport = inMemory(script)
  return { sent: transport.sent, layer: clientLayer({ http: transport.layer, credentials }) }
}

const failed = (exits: ReadonlyArray<Exit.Exit<unknown, ShowBackupError>>) =>
  exits.map((exit) => {
    const error = Exit.findErrorOption(exit)
    return error._tag === "Some" ? error.value : undefined
  })

describe("a refused access key", () => {
  it.effect("is sent once by 1000 concurrent callers, and the others hear of it at once", () =>
    Effect.gen(function* () {
      const { layer, sent } = over(() => slow(refusal))
      yield* Effect.gen(function* () {
        const errors = failed(yield* within(many(1000)))
        assert.strictEqual(sent.length, 1)
        for (const error of errors) assert.strictEqual(error?._tag, "AuthenticationFailed")
        assert.strictEqual(errors.filter((error) => error?.attempts === 1).length, 1)
        const held = errors.find((error) => error?.attempts === 0)
        assert.strictEqual(held?.retry_after, 300)
        assert.strictEqual(held?.error_code, "APIGW.0301")
        assert.notProperty(held, "request_id", "it is of the request that was sent")
        assert.match(held?.message ?? "", /^this key was refused and is not sent for 300 s/)
      }).pipe(Effect.provide(layer))
    })
  )

  it.effect("stays unsent for five minutes, then one request tries it, alone", () =>
    Effect.gen(function* () {
      const { layer, sent } = over(() => slow(refusal))
      yield* Effect.gen(function* () {
        yield* within(show).pipe(Effect.flip)
        for (let minute = 1; minute < 5; minute++) {
          const [error] = failed(yield* within(many(50)))
          assert.isAtMost(error?.retry_after ?? Infinity, 300 - minute * 60 + 1)
        }
        assert.strictEqual(sent.length, 1)
        yield* TestClock.adjust("1 minute")
        const errors = failed(yield* within(many(50)))
        assert.strictEqual(sent.length, 2)
        assert.isTrue(errors.every((error) => error?._tag === "AuthenticationFailed"))
        yield* within(many(50))
        assert.strictEqual(sent.length, 2)
      }).pipe(Effect.provide(layer))
    })
  )

  it.effect("is known for refused though the call timeout came before the end of what the service said", () =>
    Effect.gen(function* () {
      const transport = inMemory(() => ({ status: 401, body: Stream.never }))
      const layer = clientLayer({
        http: transport.layer,
        credentials: changing().layer,
        policy: { callTimeout: Duration.seconds(1) }
      })
      yield* Effect.gen(function* () {
        const [first] = failed(yield* within(many(1)))
        assert.deepInclude(first, { _tag: "AuthenticationFailed", attempts: 1 })
        for (const error of failed(yield* within(many(10)))) {
          assert.deepInclude(error, { _tag: "AuthenticationFailed", attempts: 0 })
        }
        assert.strictEqual(transport.sent.length, 1)
      }).pipe(Effect.provide(layer))
    })
  )

  it.effect("that works again is free for all", () =>
    Effect.gen(function* () {
      const { layer, sent } = over((nth) => slow(nth === 0 ? refusal : found))
      yield* Effect.gen(function* () {
        yield* within(many(10))
        yield* TestClock.adjust("5 minutes")
        assert.isTrue(Exit.isSuccess(yield* within(Effect.exit(show))))
        assert.isTrue((yield* within(many(10))).every(Exit.isSuccess))
        assert.strictEqual(sent.length, 12)
      }).pipe(Effect.provide(layer))
    })
  )

  it.effect("a try that the network swallowed decides nothing: the next call tries again", () =>
    Effect.gen(function* () {
      const { layer, sent } = over((nth) => (nth === 0 ? refusal : nth === 1 ? { status: 501 } : found))
      yield* Effect.gen(function* () {
        yield* within(many(1))
        yield* TestClock.adjust("5 minutes")
        assert.strictEqual(failed(yield* within(many(1)))[0]?._tag, "ServiceUnavailable")
        assert.isTrue(Exit.isSuccess(yield* within(Effect.exit(show))))
        assert.strictEqual(sent.length, 3)
      }).pipe(Effect.provide(layer))
    })
  )

  for (const [name, changed] of [
    ["another id", { ak: "EXAMPLEACCESSKEY0002", sk: accessKey.sk }],
    ["another secret of the same id", { ...accessKey, sk: Redacted.make("another") }],
    ["another security token", { ...accessKey, security_token: Redacted.make("another") }]
  ] as const) {
    it.effect(`${name} is sent at once`, () =>
      Effect.gen(function* () {
        const { held, layer: credentials } = changing()
        const { layer, sent } = over((nth) => (nth === 0 ? refusal : found), credentials)
        yield* Effect.gen(function* () {
          yield* within(many(1))
          held.credential = { _tag: "AccessKey", accessKey: changed }
          assert.isTrue(Exit.isSuccess(yield* within(Effect.exit(show))))
          assert.strictEqual(sent.length, 2)
        }).pipe(Effect.provide(layer))
      })
    )
  }

  it.effect("is the same key in another Redacted", () =>
    Effect.gen(function* () {
      const { held, layer: credentials } = changing()
      const { layer, sent } = over(() => refusal, credentials)
      yield* Effect.gen(function* () {
        yield* within(many(1))
        const sk = Redacted.make(Redacted.value(accessKey.sk))
        held.credential = { _tag: "AccessKey", accessKey: { ak: accessKey.ak, sk } }
        yield* within(many(1))
        assert.strictEqual(sent.length, 1)
      }).pipe(Effect.provide(layer))
    })
  )

  const said = (message: string): Answer => ({
    status: 401,
    headers: { "x-request-id": "r-401" },
    body: JSON.stringify({ badRequest: { code: "401", message } })
  })

  it.effect("is not one whose project or address the service refuses: the right project is served at once", () =>
    Effect.gen(function* () {
      for (const message of ["the project in the address is not the credential's", "Malformed request url"]) {
        const { layer, sent } = over((_, { url }) => (url.includes("wrong") ? said(message) : found))
        yield* Effect.gen(function* () {
          const [error] = failed(yield* within(showOf("wrong", 1)))
          assert.include(["PermissionDenied", "RequestRefused"], error?._tag)
          yield* within(showOf("wrong", 10))
          assert.isTrue((yield* within(many(10))).every(Exit.isSuccess))
          assert.strictEqual(sent.length, 21)
        }).pipe(Effect.provide(layer))
      }
    })
  )

  it.effect("and a 401 that names nothing: what worked before is sent once more, and decides", () =>
    Effect.gen(function* () {
      const { layer, sent } = over((_, { url }) => (url.includes("wrong") ? said("no") : found))
      yield* Effect.gen(function* () {
        yield* within(many(1))
        const [error] = failed(yield* within(showOf("wrong", 1)))
        assert.deepInclude(error, { _tag: "PermissionDenied", status_code: 401, request_id: "r-401" })
        assert.match(sent[2]!.request.url, new RegExp(request.project_id))
        assert.isTrue((yield* within(many(1))).every(Exit.isSuccess))
        assert.strictEqual(sent.length, 4)
      }).pipe(Effect.provide(layer))
    })
  )

  it.effect("by a 401 that names nothing rests where what worked before is refused too, after one probe for all", () =>
    Effect.gen(function* () {
      let isRefused = false
      const { layer, sent } = over(() => slow(isRefused ? said("no") : found))
      yield* Effect.gen(function* () {
        yield* within(many(1))
        isRefused = true
        const errors = failed(yield* within(many(4)))
        assert.isTrue(errors.every((error) => error?._tag === "AuthenticationFailed"))
        assert.strictEqual(sent.length, 1 + 4 + 1)
        yield* within(many(10))
        assert.strictEqual(sent.length, 1 + 4 + 1)
      }).pipe(Effect.provide(layer))
    })
  )

  it.effect("by a 401 that names nothing rests where nothing has worked yet", () =>
    Effect.gen(function* () {
      const { layer, sent } = over(() => said("no"))
      yield* Effect.gen(function* () {
        for (const error of failed(yield* within(many(10)))) assert.strictEqual(error?._tag, "AuthenticationFailed")
        assert.strictEqual(sent.length, 1)
      }).pipe(Effect.provide(layer))
    })
  )

  it.effect("says nothing of a key when it is a proxy's own that was refused", () =>
    Effect.gen(function* () {
      const answer: Answer = { status: 502, body: `{"error_code":"CbrProxy.AuthenticationFailed","error_msg":"no"}` }
      const { layer, sent } = over(() => answer)
      yield* Effect.gen(function* () {
        for (let call = 0; call < 3; call++) yield* within(many(1))
        assert.strictEqual(sent.length, 3)
      }).pipe(Effect.provide(layer))
    })
  )
})

describe("a key that nothing is known of", () => {
  it.effect("goes alone; the others follow together as soon as it was accepted", () =>
    Effect.gen(function* () {
      const { layer, sent } = over(() => slow(found))
      yield* Effect.gen(function* () {
        assert.isTrue((yield* within(many(60))).every(Exit.isSuccess))
        const start = sent[0]!.at
        assert.strictEqual(sent.filter(({ at }) => at === start).length, 1)
        assert.strictEqual(sent.filter(({ at }) => at === start + 100).length, 59)
      }).pipe(Effect.provide(layer))
    })
  )

  it.effect("is known to be good by a 404 for the backup", () =>
    Effect.gen(function* () {
      const missing: Answer = { status: 404, body: `{"error_code":"BackupService.6200","error_msg":"gone"}` }
      const { layer, sent } = over(() => slow(missing))
      yield* Effect.gen(function* () {
        yield* within(many(10))
        assert.strictEqual(new Set(sent.map(({ at }) => at)).size, 2)
      }).pipe(Effect.provide(layer))
    })
  )

  it.effect("is not held up by a first request that hangs: two more go along after 2 s each", () =>
    Effect.gen(function* () {
      const { layer, sent } = over((nth) => (nth === 0 ? Effect.never : found))
      yield* Effect.gen(function* () {
        const fiber = yield* Effect.forkChild(many(20))
        yield* TestClock.adjust("1900 millis")
        assert.strictEqual(sent.length, 1)
        yield* TestClock.adjust("100 millis")
        assert.isAbove(sent.length, 1)
        yield* TestClock.adjust("1 minute")
        assert.isTrue((yield* Fiber.join(fiber)).every(Exit.isSuccess))
      }).pipe(Effect.provide(layer))
    })
  )

  it.effect("and wrong is sent three times at most, even if every answer is late", () =>
    Effect.gen(function* () {
      const { layer, sent } = over(() => Effect.as(Effect.sleep("9 seconds"), refusal))
      yield* Effect.gen(function* () {
        yield* within(many(100))
        assert.isAtMost(sent.length, 3)
      }).pipe(Effect.provide(layer))
    })
  )

  it.effect("a caller that gives up while it waits, or on its way, blocks no other caller", () =>
    Effect.gen(function* () {
      const { layer } = over((nth) => (nth === 0 ? Effect.never : found))
      yield* Effect.gen(function* () {
        const first = yield* Effect.forkChild(show)
        const second = yield* Effect.forkChild(show)
        const third = yield* Effect.forkChild(show)
        yield* TestClock.adjust("1 second")
        yield* Fiber.interrupt(second)
        yield* Fiber.interrupt(first)
        yield* TestClock.adjust("1 millis")
        assert.isDefined(third.pollUnsafe())
      }).pipe(Effect.provide(layer))
    })
  )
})

describe("KeyLockoutGuard.layer", () => {
  it.effect("shares what it learned between clients, and shows it without the key", () =>
    Effect.gen(function* () {
      const transport = inMemory(() => refusal)
      const credentials = Layer.fresh(KeyLockoutGuard.layer.pipe(Layer.provide(changing().layer)))
      yield* Effect.gen(function* () {
        const shared = Layer.succeed(Credentials, yield* Credentials)
        const guard = yield* KeyLockoutGuard
        const callBy = Effect.flip(Effect.provide(show, clientLayer({ http: transport.layer, credentials: shared })))
        assert.deepStrictEqual(yield* guard.refused, [])
        yield* callBy
        yield* callBy
        assert.strictEqual(transport.sent.length, 1)
        const [key] = yield* guard.refused
        assert.strictEqual(key?.ak, "EXAM")
        assert.strictEqual(key?.error._tag, "AuthenticationFailed")
        assert.strictEqual(key?.until.epochMilliseconds, 300_000)
        assert.notInclude(JSON.stringify(yield* guard.refused), accessKey.ak)
      }).pipe(Effect.provide(credentials))
    })
  )

  it.effect("leaves tokens alone", () =>
    Effect.gen(function* () {
      const transport = inMemory(() => refusal)
      const layer = clientLayer({ http: transport.layer, credentials: Credentials.token(token) })
      yield* Effect.gen(function* () {
        yield* Effect.flip(show)
        yield* Effect.flip(show)
        assert.strictEqual(transport.sent.length, 2)
      }).pipe(Effect.provide(layer))
    })
  )
})
