import { BackupClient, Credentials, Endpoint, type EndpointOptions, IamToken } from "@cbr/client"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Redacted } from "effect"
import { TestClock } from "effect/testing"
import { type Answer, inMemory, type Script } from "../InMemoryTransport.ts"
import { body, clientLayer, region, request, show, timedError } from "../TestClient.ts"

const user = { user: "example-user", password: Redacted.make("examplePassword"), domain: "example-domain" }

/** Ends one hour after the start of the test's clock. */
const issued = (nth: number): Answer => ({
  status: 201,
  headers: { "x-subject-token": `token-${nth}` },
  body: `{"token":{"expires_at":"1970-01-01T01:00:00.123000Z","project":{"id":"p"}}}`
})

const credentialsOver = (
  script: Script,
  options: Partial<Parameters<typeof IamToken.layer>[0]> = {},
  endpoint: EndpointOptions = { region: "cn-north-4" }
) => {
  const transport = inMemory(script)
  const layer = IamToken.layer({ ...user, ...options }).pipe(
    Layer.provide([transport.layer, Layer.orDie(Endpoint.layer(endpoint))])
  )
  return { ...transport, layer }
}

const tokenOf = Effect.map(
  Effect.flatMap(Credentials, ({ current }) => current),
  (credential) => (credential._tag === "Token" ? Redacted.value(credential.token) : "no token")
)

const sentBody = (sent: ReturnType<typeof inMemory>["sent"][number]): unknown => {
  const { body } = sent.request
  return body._tag === "Uint8Array" ? JSON.parse(new TextDecoder().decode(body.body)) : body._tag
}

describe("what is asked of IAM", () => {
  const scopes: ReadonlyArray<
    readonly [name: string, project: Parameters<typeof IamToken.layer>[0]["project"], scope: object]
  > = [
    ["a project by id", { id: "p-1" }, { project: { id: "p-1" } }],
    ["a project by name", { name: "cn-north-4_team" }, { project: { name: "cn-north-4_team" } }],
    [
      "a project in another domain",
      { name: "cn-north-4", domain: { name: "other-domain" } },
      { project: { name: "cn-north-4", domain: { name: "other-domain" } } }
    ],
    ["the region's own project", undefined, { project: { name: "cn-north-4" } }]
  ]
  for (const [name, project, scope] of scopes) {
    it.effect(`a token for ${name}`, () =>
      Effect.gen(function* () {
        const iam = credentialsOver(issued, { project })
        assert.strictEqual(yield* Effect.provide(tokenOf, iam.layer), "token-0")
        const sent = iam.sent[0]!
        assert.strictEqual(sent.request.method, "POST")
        assert.strictEqual(sent.request.url, "https://iam.cn-north-4.myhuaweicloud.com/v3/auth/tokens?nocatalog=true")
        assert.deepStrictEqual(sentBody(sent), {
          auth: {
            identity: {
              methods: ["password"],
              password: {
                user: { name: "example-user", password: "examplePassword", domain: { name: "example-domain" } }
              }
            },
            scope
          }
        })
        assert.notProperty(sent.request.headers, "x-auth-token")
        assert.notProperty(sent.request.headers, "traceparent")
      })
    )
  }

  for (const [name, endpoint] of [
    ["an address of IAM", { endpoint: "https://a.example" }],
    ["a project", { endpoint: "https://a.example", iamEndpoint: "https://b.example" }]
  ] as const) {
    it.effect(`without ${name} nothing is sent`, () =>
      Effect.gen(function* () {
        const iam = credentialsOver(issued, {}, endpoint)
        const error = yield* Effect.flip(Effect.provide(tokenOf, iam.layer))
        assert.strictEqual(error._tag, "NoCredentials")
        assert.match(error.message, /CBR_IAM_ENDPOINT/)
        assert.strictEqual(iam.sent.length, 0)
      })
    )
  }
})

describe("a token that was issued", () => {
  it.effect("a token is renewed in the background half an hour before its end, while no caller waits", () =>
    Effect.gen(function* () {
      const iam = credentialsOver((nth) => Effect.as(Effect.sleep("1 second"), issued(nth)))
      yield* Effect.gen(function* () {
        const first = yield* Effect.forkChild(tokenOf)
        yield* TestClock.adjust("1 second")
        assert.strictEqual(yield* Fiber.join(first), "token-0")
        yield* TestClock.adjust("29 minutes")
        assert.strictEqual(yield* tokenOf, "token-0")
        assert.strictEqual(iam.sent.length, 1)
        yield* TestClock.adjust("2 minutes")
        assert.strictEqual(yield* tokenOf, "token-0")
        assert.strictEqual(yield* tokenOf, "token-0")
        yield* TestClock.adjust("1 second")
        assert.strictEqual(yield* tokenOf, "token-1")
        assert.strictEqual(iam.sent.length, 2)
      }).pipe(Effect.provide(iam.layer))
    })
  )

  it.effect("that has ended by this machine's clock serves the callers that wait for it, and no other", () =>
    Effect.gen(function* () {
      yield* TestClock.adjust("2 hours")
      const iam = credentialsOver(issued)
      yield* Effect.gen(function* () {
        assert.strictEqual(yield* tokenOf, "token-0")
        assert.strictEqual(yield* tokenOf, "token-1")
      }).pipe(Effect.provide(iam.layer))
    })
  )

  it.effect("is fetched once however many callers wait", () =>
    Effect.gen(function* () {
      const iam = credentialsOver((nth) => Effect.as(Effect.sleep("1 second"), issued(nth)))
      const fiber = yield* Effect.forkChild(
        Effect.provide(
          Effect.all(
            Array.from({ length: 20 }, () => tokenOf),
            { concurrency: "unbounded" }
          ),
          iam.layer
        )
      )
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(
        yield* Fiber.join(fiber),
        Array.from({ length: 20 }, () => "token-0")
      )
      assert.strictEqual(iam.sent.length, 1)
    })
  )

  it.effect("a caller that gives up does not take it from the others", () =>
    Effect.gen(function* () {
      const iam = credentialsOver((nth) => Effect.as(Effect.sleep("1 second"), issued(nth)))
      yield* Effect.gen(function* () {
        const first = yield* Effect.forkChild(tokenOf)
        const second = yield* Effect.forkChild(tokenOf)
        yield* TestClock.adjust("500 millis")
        yield* Fiber.interrupt(first)
        yield* TestClock.adjust("500 millis")
        assert.strictEqual(yield* Fiber.join(second), "token-0")
        assert.strictEqual(iam.sent.length, 1)
      }).pipe(Effect.provide(iam.layer))
    })
  )

  it.effect("that was refused is fetched anew once, however many callers were refused", () =>
    Effect.gen(function* () {
      let posts = 0
      const refusal: Answer = { status: 401, body: `{"error_code":"APIGW.0301","error_msg":"decrypt token fail"}` }
      const transport = inMemory((_, { headers, method }) =>
        Effect.as(
          Effect.sleep("1 second"),
          method === "POST" ? issued(posts++) : headers["x-auth-token"] === "token-0" ? refusal : { status: 200, body }
        )
      )
      const credentials = Layer.provide(IamToken.layer(user), region)
      const call = BackupClient.use((client) => client.showBackup(request))
      const fiber = yield* Effect.all(
        Array.from({ length: 5 }, () => call),
        { concurrency: "unbounded" }
      ).pipe(Effect.provide(clientLayer({ http: transport.layer, credentials })), Effect.forkChild)
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual((yield* Fiber.join(fiber)).length, 5)
      assert.strictEqual(posts, 2)
      assert.strictEqual(transport.sent.length, 2 + 10)
    })
  )
})

describe("when IAM gives no token", () => {
  const keystone = (code: number) =>
    JSON.stringify({
      error: { code, message: "The username or password examplePassword is wrong.", title: "Unauthorized" }
    })

  it.effect("a wrong password is not sent again for five minutes", () =>
    Effect.gen(function* () {
      const iam = credentialsOver((nth) => (nth === 0 ? { status: 401, body: keystone(401) } : issued(nth)))
      yield* Effect.gen(function* () {
        const error = yield* Effect.flip(tokenOf)
        assert.strictEqual(error._tag, "AuthenticationFailed")
        assert.strictEqual(error.message, "IAM answered 401, The username or password <redacted> is wrong.")
        yield* TestClock.adjust("4 minutes")
        const again = yield* Effect.all(
          Array.from({ length: 20 }, () => Effect.flip(tokenOf)),
          { concurrency: "unbounded" }
        )
        for (const later of again) assert.deepInclude(later, { _tag: "AuthenticationFailed", retry_after: 60 })
        assert.strictEqual(iam.sent.length, 1)
        yield* TestClock.adjust("1 minute")
        assert.strictEqual(yield* tokenOf, "token-1")
      }).pipe(Effect.provide(iam.layer))
    })
  )

  it.effect("a call ends with IAM's refusal, without a request to CBR", () =>
    Effect.gen(function* () {
      const transport = inMemory(() => ({ status: 401, body: keystone(401) }))
      const credentials = Layer.provide(IamToken.layer(user), region)
      const { error } = yield* timedError(show({ http: transport.layer, credentials }))
      assert.strictEqual(error._tag, "AuthenticationFailed")
      assert.strictEqual(error.attempts, 0)
      assert.strictEqual(transport.sent.length, 1)
    })
  )

  it.effect("an IAM that is down for a moment is asked again", () =>
    Effect.gen(function* () {
      const transport = inMemory((nth, { method }) =>
        nth === 0 ? { status: 503 } : method === "POST" ? issued(nth) : { status: 200, body }
      )
      const credentials = Layer.provide(IamToken.layer(user), region)
      const fiber = yield* Effect.forkChild(show({ http: transport.layer, credentials }))
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(fiber)
      assert.strictEqual(transport.sent.length, 3)
    })
  )

  it.effect("IAM's answer that was cut on its way is asked for again, within the call", () =>
    Effect.gen(function* () {
      const transport = inMemory((nth, { method }) => {
        if (method === "GET") return { status: 200, body }
        return nth === 0 ? { ...issued(nth), body: `{"token":{"expires_at":"1970-` } : issued(nth)
      })
      const credentials = Layer.provide(IamToken.layer(user), region)
      const fiber = yield* Effect.forkChild(show({ http: transport.layer, credentials }))
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(fiber)
      assert.strictEqual(transport.sent.length, 3)
    })
  )

  const answers: Readonly<Record<string, Answer>> = {
    "no token header": { status: 201, body: `{"token":{"expires_at":"1970-01-01T01:00:00Z"}}` },
    "an empty token header": { ...issued(0), headers: { "x-subject-token": "" } },
    "no end": { ...issued(0), body: `{"token":{}}` },
    "an end that is no time": { ...issued(0), body: `{"token":{"expires_at":"soon"}}` },
    "an end that is a number": { ...issued(0), body: `{"token":{"expires_at":"5"}}` },
    "an end on a day that no calendar has": { ...issued(0), body: `{"token":{"expires_at":"1970-02-30T00:00:00Z"}}` },
    "no JSON": { ...issued(0), body: "<html>" }
  }
  for (const [name, answer] of Object.entries(answers)) {
    it.effect(`a 201 with ${name} is not understood`, () =>
      Effect.gen(function* () {
        const headers = { ...answer.headers, "x-iam-trace-id": "trace" }
        const iam = credentialsOver(() => ({ ...answer, headers }))
        const error = yield* Effect.flip(Effect.provide(tokenOf, iam.layer))
        assert.deepInclude(error, { _tag: "MalformedResponse", status_code: 201, request_id: "trace" })
        assert.strictEqual(error.message, "IAM answered 201, but without a token and the time of its end")
      })
    )
  }
})
