import { changes, Credentials, type Observation, waitUntil, WaitCondition } from "@cbr/client"
import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Clock, Duration, Effect, Fiber, Schema, Stream } from "effect"
import { TestClock } from "effect/testing"
import { type Answer, inMemory } from "../InMemoryTransport.ts"
import { accessKey, clientLayer, request } from "../TestClient.ts"
import { cutOff, event, eventsPath, isForEvents, makeLine, offering, streaming } from "./ProxyOfEvents.ts"
import { answer, inTurn, notFound, success } from "./WatchedBackup.ts"

type Transport = ReturnType<typeof inMemory>

const options = (transport: Transport) => ({ http: transport.layer, policy: { retries: 0 } })

/** A watch that runs beside the test, and what it has seen. */
const watching = Effect.fnUntraced(function* (transport: Transport) {
  const seen: Array<string> = []
  const observed: Array<Observation> = []
  const stream = changes(request, {
    onObservation: (observation) => Effect.sync(() => void observed.push(observation))
  })
  const fiber = yield* Effect.forkChild(
    Effect.result(
      Stream.runForEach(stream, ({ backup }) => Effect.sync(() => seen.push(backup.status ?? "none"))).pipe(
        Effect.provide(clientLayer(options(transport)))
      )
    ),
    { startImmediately: true }
  )
  yield* settled
  return { seen, observed, fiber }
})

/** Lets everything that needs no time come to its end. */
const settled = Effect.forEach(Array.from({ length: 20 }), () => TestClock.adjust(0), { discard: true })
const problem = (status: number, error_code: string) => ({ status, error_code, error_msg: "as it is", retryable: true })

const pathsOf = ({ sent }: Transport) => sent.map(({ request }) => (isForEvents(request) ? "events" : "show"))

describe("a proxy's events", () => {
  it.effect("take the place of looks: one look and one stream, however long it takes", () =>
    Effect.gen(function* () {
      const line = yield* makeLine
      const transport = inMemory((_, request) =>
        isForEvents(request) ? line.answer : offering({ status: "protecting" }, '"first"')
      )
      const { observed, seen } = yield* watching(transport)
      assert.deepInclude(transport.sent[1]!.request.headers, {
        accept: "text/event-stream",
        "last-event-id": '"first"',
        "x-auth-token": "exampleTokenOfTestsOnly"
      })
      yield* line.say("retry: 3000\n\n:\n\n")
      for (let beat = 0; beat < 240; beat++) {
        yield* TestClock.adjust("15 seconds")
        yield* line.say(":\n\n")
      }
      yield* line.say(event("stable", { backup: { status: "available" } }, '"second"'))
      yield* settled
      assert.deepStrictEqual(seen, ["protecting", "available"])
      assert.deepStrictEqual(pathsOf(transport), ["show", "events"])
      // A sign of life says that nothing has changed.
      assert.lengthOf(
        observed.filter((observation) => observation._tag === "Seen" && !observation.differs),
        240
      )
    })
  )

  it.effect("are not asked for where no answer offers them: the cloud sees nothing new", () =>
    Effect.gen(function* () {
      const elsewhere = [
        undefined,
        '<https://elsewhere.test/-/v1/events>; rel="monitor"',
        '<//elsewhere.test/-/events>; rel="monitor"',
        '</-/../v3/events>; rel="monitor"',
        '</v3/events>; rel="monitor"',
        '</-/v1/events>; rel="next"',
        '</-/v1/events>; title="rel=monitors"'
      ]
      for (const link of elsewhere) {
        const transport = inMemory(() => ({
          ...answer({ status: "protecting" }),
          headers: link === undefined ? {} : { link }
        }))
        const { fiber } = yield* watching(transport)
        yield* TestClock.adjust("1 minute")
        yield* Fiber.interrupt(fiber)
        assert.isAbove(transport.sent.length, 3)
        assert.notInclude(pathsOf(transport), "events", link)
        assert.isTrue(
          transport.sent.every(({ request: { url } }) => url.includes("/v3/")),
          link
        )
      }
    })
  )

  it.effect("are signed as the call is", () =>
    Effect.gen(function* () {
      const line = yield* makeLine
      const transport = inMemory((_, request) =>
        isForEvents(request) ? line.answer : offering({ status: "protecting" })
      )
      const fiber = yield* Effect.forkChild(
        Stream.runDrain(changes(request)).pipe(
          Effect.provide(clientLayer({ ...options(transport), credentials: Credentials.accessKey(accessKey) }))
        ),
        { startImmediately: true }
      )
      yield* settled
      const { headers, url } = transport.sent[1]!.request
      assert.isTrue(url.endsWith(eventsPath))
      assert.match(headers["authorization"] ?? "", /^SDK-HMAC-SHA256 Access=EXAMPLEACCESSKEY0001, /)
      yield* Fiber.interrupt(fiber)
    })
  )

  it.effect("end with the backup, for `changes` and for `waitUntil`", () =>
    Effect.gen(function* () {
      const text = event("deleted", problem(404, "BackupService.6200"), "deleted")
      const transport = inMemory((_, request) =>
        isForEvents(request) ? streaming(Stream.make(text)) : offering({ status: "deleting" })
      )
      const { fiber, observed } = yield* watching(transport)
      yield* Fiber.join(fiber)
      const gone = observed.at(-1)
      assert.strictEqual(gone?._tag, "Gone")
      if (gone?._tag === "Gone") {
        assert.deepInclude({ ...gone.error }, { status_code: 404, error_code: "BackupService.6200" })
      }
      const last = yield* success(
        Effect.provide(waitUntil(request, WaitCondition.deleted), clientLayer(options(transport)))
      )
      assert.strictEqual(last?.backup.status, "deleting")
      assert.deepStrictEqual(pathsOf(transport), ["show", "events", "show", "events"])
    })
  )

  it.effect("are opened anew without a look when the proxy asks for it, from where they were", () =>
    Effect.gen(function* () {
      const lines = [yield* makeLine, yield* makeLine] as const
      let opened = 0
      const transport = inMemory((_, request) =>
        isForEvents(request) ? lines[opened++ === 0 ? 0 : 1].answer : offering({ status: "protecting" })
      )
      const { seen } = yield* watching(transport)
      yield* lines[0].say(event("changed", { backup: { status: "restoring" } }, '"newest"'))
      yield* TestClock.adjust("10 seconds")
      yield* lines[0].say(event("rotate", { reason: "age" }))
      yield* lines[0].end
      yield* TestClock.adjust("1 second")
      yield* lines[1].say(event("stable", { backup: { status: "available" } }, '"later"'))
      yield* settled
      assert.deepStrictEqual(pathsOf(transport), ["show", "events", "events"])
      assert.strictEqual(transport.sent[2]!.request.headers["last-event-id"], '"newest"')
      assert.deepStrictEqual(seen, ["protecting", "restoring", "available"])
    })
  )

  const breaks: Readonly<Record<string, (line: Line, of: Transport) => Effect.Effect<void>>> = {
    "ends without a word": (line) => line.end,
    "is cut off": (line, { sent }) => line.cut(sent.at(-1)!.request),
    "is silent for 40 s": () => TestClock.adjust("30 seconds"),
    "says what is no backup": (line) => line.say("event: changed\ndata: <html>\n\n"),
    "says that its right has ended": (line) => line.say(event("problem", problem(403, "CbrProxy.Forbidden")))
  }
  type Line = Effect.Success<typeof makeLine>

  for (const [how, breakIt] of Object.entries(breaks)) {
    it.effect(`are followed by a look at once when the stream ${how}, and then heard again`, () =>
      Effect.gen(function* () {
        const lines = [yield* makeLine, yield* makeLine] as const
        let status = "protecting"
        let opened = 0
        const transport = inMemory((_, request) =>
          isForEvents(request) ? lines[opened++ === 0 ? 0 : 1].answer : offering({ status })
        )
        const { seen } = yield* watching(transport)
        yield* lines[0].say(":\n\n")
        yield* TestClock.adjust("10 seconds")
        status = "available"
        yield* breakIt(lines[0], transport)
        yield* settled
        assert.deepStrictEqual(seen, ["protecting", "available"])
        assert.deepStrictEqual(pathsOf(transport), ["show", "events", "show", "events"])
        yield* lines[1].say(event("changed", { backup: { status: "restoring" } }))
        yield* settled
        assert.strictEqual(seen.at(-1), "restoring")
      })
    )
  }

  const useless: Readonly<Record<string, () => Answer | Effect.Effect<Answer>>> = {
    "refused with 403": () => ({ status: 403, body: "{}" }),
    "refused with 429": () => ({ status: 429, headers: { "retry-after": "60" }, body: "{}" }),
    "a page": () => ({ status: 200, headers: { "content-type": "text/html" }, body: "<html>" }),
    "held back on the way": () => Effect.never,
    "over at once": () => streaming(Stream.make("retry: 3000\n\n")),
    "to be opened anew at once": () => streaming(Stream.make(event("rotate", {})))
  }
  for (const [what, give] of Object.entries(useless)) {
    it.effect(`leave the looks alone when the stream is ${what}`, () =>
      Effect.gen(function* () {
        const transport = inMemory((_, request) => (isForEvents(request) ? give() : offering({ status: "protecting" })))
        const { fiber, seen } = yield* watching(transport)
        yield* TestClock.adjust("10 minutes")
        yield* Fiber.interrupt(fiber)
        const opened = pathsOf(transport).filter((path) => path === "events").length
        const looks = transport.sent.length - opened
        assert.deepStrictEqual(seen, ["protecting"])
        // At its own pace of 15 s: 1 + 2 + 4 + 8 + 16 looks pass between six streams.
        assert.isAbove(looks, 25)
        assert.isBelow(looks, 70)
        assert.isAtMost(opened, 7)
        assert.isAtLeast(opened, 4)
      })
    )
  }

  it.effect("that tell of trouble are looks that failed, over when the state comes again; ten in a row end it", () =>
    Effect.gen(function* () {
      const line = yield* makeLine
      const transport = inMemory((_, request) =>
        isForEvents(request) ? line.answer : offering({ status: "restoring" })
      )
      const { fiber, observed, seen } = yield* watching(transport)
      const ill = event("problem", { ...problem(503, "BackupService.9999"), retry_after: 7 })
      for (let n = 0; n < 9; n++) yield* line.say(`${ill}:\n\n`)
      yield* settled
      assert.lengthOf(observed, 10)
      const ninth = observed.at(-1)
      if (ninth?._tag !== "Missed") return assert.fail("not missed")
      assert.deepInclude({ ...ninth }, { inARow: 9 })
      assert.deepInclude({ ...ninth.error }, { _tag: "ServiceUnavailable", status_code: 503, retry_after: 7 })
      yield* line.say(event("snapshot", { backup: { status: "restoring" } }))
      for (let n = 0; n < 9; n++) yield* line.say(ill)
      yield* settled
      assert.isUndefined(fiber.pollUnsafe())
      yield* line.say(ill)
      yield* settled
      const result = yield* Fiber.join(fiber)
      assert.strictEqual(result._tag, "Failure")
      assert.deepStrictEqual(seen, ["restoring"])
      assert.deepStrictEqual(pathsOf(transport), ["show", "events"])
    })
  )

  it.effect("are let go when they are of no use, and with the watch", () =>
    Effect.gen(function* () {
      let open = 0
      const body = Stream.suspend(() => {
        open++
        const rubbish = Stream.fromEffect(Effect.as(Effect.sleep("5 seconds"), "event: changed\ndata: <html>\n\n"))
        return Stream.concat(Stream.concat(Stream.make(":\n\n"), rubbish), Stream.never)
      }).pipe(Stream.ensuring(Effect.sync(() => void open--)))
      const transport = inMemory((_, request) =>
        isForEvents(request) ? streaming(body) : offering({ status: "protecting" })
      )
      const { fiber } = yield* watching(transport)
      assert.strictEqual(open, 1)
      yield* TestClock.adjust("14 seconds")
      assert.deepStrictEqual(pathsOf(transport), ["show", "events", "show", "events", "show", "events"])
      assert.strictEqual(open, 1)
      yield* Fiber.interrupt(fiber)
      assert.strictEqual(open, 0)
    })
  )

  it.effect("change nothing for a backup that was never there", () =>
    Effect.gen(function* () {
      const transport = inTurn(notFound)
      const { fiber } = yield* watching(transport)
      assert.strictEqual((yield* Fiber.join(fiber))._tag, "Failure")
      assert.strictEqual(transport.sent.length, 1)
    })
  )
})

/** When the backup is what, and what becomes of each stream in turn. */
const whole = (minimum: number, maximum: number) =>
  Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum, maximum })))
const life = Arbitrary.array(whole(1, 40), { minLength: 1, maxLength: 12 })
const fates = ["end", "cut", "rotate", "silence", "refused", "lost", "never"] as const
const streams = Arbitrary.array(
  Arbitrary.all({
    fate: Arbitrary.map(whole(0, 6), (index) => fates[index]!),
    after: whole(0, 60),
    twice: whole(0, 1)
  }),
  { maxLength: 12 }
)

describe("a watch through a proxy whose streams break", () => {
  it.effect.prop(
    "sees states that there were, in their order, and the last of them always",
    [life, streams],
    ([life, streams]) =>
      Effect.gen(function* () {
        const ends = life.map((_, index) => life.slice(0, index + 1).reduce((sum, seconds) => sum + seconds, 0) * 1_000)
        const stateAt = (now: number) => ends.filter((end) => end <= now).length
        const isLast = (state: number) => state === life.length
        const backup = (state: number) => ({ backup: { status: isLast(state) ? "available" : `moving-${state}` } })
        let opened = 0

        /** The events from one state on, as a proxy tells them, until the fate of this stream. */
        const told = (of: Transport["sent"][number]["request"], start: number): Answer => {
          const { after = 0, fate = "never", twice = 0 } = streams[opened++] ?? {}
          if (fate === "refused") return { status: 503, body: "{}" }
          const over = start + after * 1_000
          const step = Effect.fnUntraced(function* (known: string | undefined) {
            const now = yield* Clock.currentTimeMillis
            const state = String(stateAt(now))
            if (fate !== "never" && now >= over) {
              if (fate === "cut") return yield* cutOff(of)
              if (fate === "silence") return yield* Effect.never
              // `lost` breaks off in the middle of an event.
              const words = { end: "", rotate: event("rotate", {}), lost: "event: changed\ndata: {" }
              return [words[fate], "over"] as const
            }
            if (state === known) {
              yield* Effect.sleep("500 millis")
              return [now % 15_000 === 0 ? ":\n\n" : "", known] as const
            }
            const text = event("changed", backup(Number(state)), state)
            return [twice === 1 ? text + text : text, state] as const
          })
          const id = of.headers["last-event-id"]
          return streaming(
            Stream.unfold(id, (known: string | undefined) =>
              known === "over" ? Effect.succeed(undefined) : step(known)
            ).pipe(
              Stream.filter((text) => text !== ""),
              (events) => Stream.concat(Stream.make("retry: 3000\n\n:\n\n"), events)
            )
          )
        }

        const transport: Transport = inMemory((_, of) =>
          Effect.map(Clock.currentTimeMillis, (now) =>
            isForEvents(of) ? told(of, now) : offering(backup(stateAt(now)).backup, String(stateAt(now)))
          )
        )
        const { fiber, seen } = yield* watching(transport)
        yield* TestClock.adjust(Duration.minutes(15))
        yield* Fiber.interrupt(fiber)
        const order = seen.map((status) => (status === "available" ? life.length : Number(status.split("-")[1])))
        assert.deepStrictEqual(
          order,
          [...new Set(order)].toSorted((a, b) => a - b)
        )
        assert.strictEqual(seen.at(-1), "available")
      }),
    { arbitrary: { runs: 60 } }
  )
})
