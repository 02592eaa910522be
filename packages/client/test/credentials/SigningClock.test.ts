import { BackupClient, Credentials } from "@cbr/client"
import { assert, describe, it } from "@effect/vitest"
import { type Duration, Effect, Exit, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { type Answer, inMemory, type Script } from "../InMemoryTransport.ts"
import { accessKey, body, clientLayer, request } from "../TestClient.ts"

const expired = (date: string | undefined, error_msg = "signature expired, signTime: 1, serverTime: 2"): Answer => ({
  status: 401,
  headers: date === undefined ? {} : { date },
  body: JSON.stringify({
    error_code: "APIGW.0301",
    error_msg: `Incorrect IAM authentication information: ${error_msg}`
  })
})

const noon = "Fri, 02 Jan 2026 12:00:00 GMT"

const over = (script: Script) => {
  const transport = inMemory(script)
  return {
    sent: transport.sent,
    dates: () => transport.sent.map(({ request: { headers } }) => headers["x-sdk-date"]),
    layer: clientLayer({ http: transport.layer, credentials: Credentials.accessKey(accessKey) })
  }
}

const show = BackupClient.use((client) => client.showBackup(request))

/** A day on which a service may tell the time. */
const newYear = TestClock.setTime(Date.UTC(2026))

describe("a clock that is off", () => {
  it.effect("is corrected by the service's, and the request signed once more", () =>
    Effect.gen(function* () {
      yield* newYear
      const { dates, layer } = over((nth) => (nth === 0 ? expired(noon) : { status: 200, body }))
      yield* Effect.gen(function* () {
        yield* show
        yield* TestClock.adjust("10 seconds")
        yield* show
      }).pipe(Effect.provide(layer))
      assert.deepStrictEqual(dates(), ["20260101T000000Z", "20260102T120000Z", "20260102T120010Z"])
    })
  )

  it.effect("is corrected once a client: a second refusal is the answer, with both requests counted", () =>
    Effect.gen(function* () {
      yield* newYear
      const { layer, sent } = over(() => expired(noon))
      yield* Effect.gen(function* () {
        const error = yield* Effect.flip(show)
        assert.deepInclude(error, {
          _tag: "AuthenticationFailed",
          attempts: 2,
          service_time: "2026-01-02T12:00:00.000Z"
        })
        yield* Effect.flip(show)
        yield* TestClock.adjust("5 minutes")
        yield* Effect.flip(show)
        assert.strictEqual(sent.length, 3)
      }).pipe(Effect.provide(layer))
    })
  )

  const onTheirWay: ReadonlyArray<readonly [title: string, wait: (nth: number) => Duration.Input]> = [
    ["serves requests on their way: each is signed once more, and learns nothing anew", () => "1 second"],
    [
      "serves requests on their way whose refusals come one after another: none counts against the key",
      (nth) => nth * 100
    ]
  ]
  for (const [title, wait] of onTheirWay) {
    it.effect(title, () =>
      Effect.gen(function* () {
        yield* newYear
        const { layer, sent } = over((nth, { headers }) =>
          nth === 0
            ? { status: 200, body }
            : Effect.as(
                Effect.sleep(wait(nth)),
                headers["x-sdk-date"]?.startsWith("20260101") ? expired(noon) : { status: 200, body }
              )
        )
        yield* Effect.gen(function* () {
          yield* show
          const fiber = yield* Effect.forkChild(
            Effect.all(
              Array.from({ length: 10 }, () => Effect.exit(show)),
              { concurrency: "unbounded" }
            )
          )
          yield* TestClock.adjust("10 seconds")
          assert.isTrue((yield* Fiber.join(fiber)).every(Exit.isSuccess))
          assert.strictEqual(sent.length, 1 + 20)
        }).pipe(Effect.provide(layer))
      })
    )
  }

  for (const [form, words] of [
    ["as ISO 8601 has it", "signature expired, signTime: 20260101T000000Z, serverTime: 2026-01-02T12:00:00.000Z"],
    ["as signatures have it", "signature expired, signTime: 20260101T000000Z, serverTime: 20260102T120000Z"],
    ["in words", "signature expired, signature time 2026-01-01 00:00:00, current time 2026-01-02 12:00:00"]
  ] as const) {
    for (const [header, date] of [
      ["is missing", undefined],
      ["cannot be", "Thu, 01 Jan 1970 00:00:00 GMT"]
    ] as const) {
      it.effect(`is corrected by the time that the refusal names ${form}, where Date ${header}`, () =>
        Effect.gen(function* () {
          yield* newYear
          const { dates, layer } = over((nth) => (nth === 0 ? expired(date, words) : { status: 200, body }))
          yield* Effect.provide(show, layer)
          assert.deepStrictEqual(dates(), ["20260101T000000Z", "20260102T120000Z"])
        })
      )
    }
  }

  const others: ReadonlyArray<readonly [name: string, answer: Answer]> = [
    ["no Date", expired(undefined)],
    ["a Date that is none", expired("yesterday")],
    ["a Date that cannot be", expired("Thu, 01 Jan 1970 12:00:00 GMT")],
    [
      "a Date that cannot be, and a time that cannot",
      expired("Thu, 01 Jan 1970 12:00:00 GMT", "signature expired, serverTime: 1970-01-01T12:00:00Z")
    ],
    ["a Date that agrees: a temporary key that ended", expired("Thu, 01 Jan 2026 00:00:30 GMT")],
    ["another reason", expired(noon, "verify aksk signature fail")]
  ]
  for (const [name, answer] of others) {
    it.effect(`is not blamed where the refusal has ${name}`, () =>
      Effect.gen(function* () {
        yield* newYear
        const { layer, sent } = over(() => answer)
        const error = yield* Effect.flip(Effect.provide(show, layer))
        assert.strictEqual(error._tag, "AuthenticationFailed")
        assert.strictEqual(sent.length, 1)
      })
    )
  }
})
