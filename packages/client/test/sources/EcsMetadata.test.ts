import { EcsMetadata } from "@cbr/client"
import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Fiber } from "effect"
import { HttpClientError } from "effect/http"
import { TestClock } from "effect/testing"
import type { Answer, Script } from "../InMemoryTransport.ts"
import { currentOf, opened, temporary } from "./CredentialSourceTest.ts"

const key = (nth: number) =>
  Effect.map(Clock.currentTimeMillis, (now): Answer => ({ status: 200, body: JSON.stringify(temporary(nth, now)) }))

const metadata =
  (put: Answer = { status: 200, body: "exampleMetadataToken\n" }): Script =>
  (nth, { method }) =>
    method === "PUT" ? put : key(nth)

const link = EcsMetadata.source()

describe("the metadata of an ECS server", () => {
  it.effect("gives a temporary key for a metadata token", () =>
    Effect.gen(function* () {
      const { open, sent } = opened(link, { script: metadata() })
      assert.deepStrictEqual(yield* currentOf(yield* open), {
        ak: "HST-1",
        sk: "temporarySecret-1",
        security_token: "temporaryToken-1"
      })
      assert.deepStrictEqual(
        sent.map(({ request: { headers, method, url } }) => [
          method,
          url,
          headers["x-metadata-token-ttl-seconds"] ?? headers["x-metadata-token"]
        ]),
        [
          ["PUT", "http://169.254.169.254/meta-data/latest/api/token", "21600"],
          ["GET", "http://169.254.169.254/openstack/latest/securitykey", "exampleMetadataToken"]
        ]
      )
    })
  )

  for (const status of [404, 405, 503]) {
    it.effect(`does without a metadata token where ${status} says that none is offered`, () =>
      Effect.gen(function* () {
        const { open, sent } = opened(link, { script: metadata({ status }) })
        yield* currentOf(yield* open)
        assert.strictEqual(sent.length, 2)
        assert.notProperty(sent[1]!.request.headers, "x-metadata-token")
      })
    )
  }

  it.effect("is asked again in the background when less than 40 minutes are left", () =>
    Effect.gen(function* () {
      const { open, run, sent } = opened(link, { script: metadata() })
      const credentials = yield* open
      yield* TestClock.adjust("319 minutes")
      assert.strictEqual((yield* run(currentOf(credentials))).ak, "HST-1")
      assert.strictEqual(sent.length, 2)
      yield* TestClock.adjust("2 minutes")
      assert.strictEqual((yield* run(currentOf(credentials))).ak, "HST-1")
      yield* TestClock.adjust("1 second")
      assert.strictEqual((yield* run(currentOf(credentials))).ak, "HST-3")
      assert.strictEqual(sent.length, 4)
    })
  )

  const refusals: ReadonlyArray<readonly [name: string, script: Script, reason: RegExp]> = [
    [
      "no agency",
      (_, { method }) =>
        method === "PUT" ? { status: 404 } : { status: 401, body: "Please configure Cloud Service Agency first" },
      /metadata answered 401, Please configure Cloud Service Agency first/
    ],
    [
      "no such address",
      (_, request) =>
        Effect.fail(
          new HttpClientError.HttpClientError({
            reason: new HttpClientError.TransportError({
              request,
              cause: Object.assign(new Error("x"), { code: "EHOSTUNREACH" })
            })
          })
        ),
      /no connection to 169\.254\.169\.254 \(EHOSTUNREACH\)/
    ],
    ["a portal's page", () => ({ status: 200, body: "<html>" }), /metadata answered, but without a temporary key/],
    ["a redirect", () => ({ status: 302, headers: { location: "https://elsewhere.example" } }), /metadata answered 302/]
  ]
  for (const [name, script, reason] of refusals) {
    it.effect(`${name}: the chain goes on, knowing why`, () =>
      Effect.gen(function* () {
        const { open } = opened(link, { script })
        const error = yield* Effect.flip(open)
        assert.strictEqual(error._tag, "NotConfigured")
        assert.match(error.message, reason)
      })
    )
  }

  for (const silent of ["PUT", "GET"]) {
    it.effect(`is waited for 3 s when its ${silent} hangs`, () =>
      Effect.gen(function* () {
        const { open, sent } = opened(link, {
          script: (nth, { method }) => (method === silent ? Effect.never : metadata()(nth, { method } as never))
        })
        const fiber = yield* Effect.forkChild(Effect.flip(open))
        yield* TestClock.adjust("2999 millis")
        assert.isUndefined(fiber.pollUnsafe())
        yield* TestClock.adjust("1 millis")
        const error = yield* Fiber.join(fiber)
        assert.strictEqual(error.message, "no answer from the server's metadata within 3 s")
        assert.strictEqual(sent.length, silent === "PUT" ? 1 : 2)
      })
    )
  }

  it.effect("is not asked when it is switched off", () =>
    Effect.gen(function* () {
      const { open, sent } = opened(link, { variables: { CBR_METADATA: "off" }, script: metadata() })
      assert.strictEqual((yield* Effect.flip(open)).message, "switched off by CBR_METADATA")
      assert.strictEqual(sent.length, 0)
    })
  )
})
