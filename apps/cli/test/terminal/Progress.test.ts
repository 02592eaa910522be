import { layer as simulatorLayer, Simulator } from "@cbr/simulator"
import { assert, layer } from "@effect/vitest"
import { Effect, Fiber, Sink, Stdio, Stream } from "effect"
import { TestClock } from "effect/testing"
import { commandLine, withToken } from "../CommandLine.ts"

const erased = "\r\u001b[2K"

layer(simulatorLayer(), { excludeTestServices: true })("a call that takes more than a second", (it) => {
  /** What a command writes to stderr without a line's end while its call hangs for three seconds, with and without a reader. */
  const written = Effect.fnUntraced(
    function* (words: ReadonlyArray<string>, { isTerminal = true, env = {}, requests = 1 } = {}) {
      yield* TestClock.setTime(Date.now())
      const simulator = yield* Simulator
      yield* simulator.clearRequests
      let text = ""
      const stdio = Stdio.layerTest({
        stdin: Stream.empty,
        stderrIsTerminal: Effect.succeed(isTerminal),
        stderr: () => Sink.forEach((piece) => Effect.sync(() => void (text += String(piece))))
      })
      const running = yield* Effect.forkChild(
        commandLine([...words, "--call-timeout", "4s"], { stdio, env: { ...(yield* withToken), ...env } })
      )
      const turn = Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 5)))
      while ((yield* simulator.requests).length < requests) yield* turn
      // The answers to them, but for one that hangs, have come as well.
      for (let turns = 0; turns < 40; turns++) yield* turn
      yield* TestClock.adjust("900 millis")
      const early = text
      yield* TestClock.adjust("2100 millis")
      const late = text
      yield* TestClock.adjust("2 seconds")
      yield* Fiber.join(running)
      return { early, late, whole: text }
    },
    (effect) => Effect.provide(effect, TestClock.layer())
  )

  it.effect.each([{ words: ["show"] }, { words: ["check", "--healthy"] }, { words: ["drift"] }, { words: ["tree"] }])(
    "is told of on a terminal by $words, with the time so far, and erased at the end",
    ({ words }) =>
      Effect.gen(function* () {
        const { faults } = yield* Simulator
        const { early, late, whole } = yield* written([...words, faults.hang])
        assert.strictEqual(early, "")
        assert.isTrue(late.startsWith(`${erased}${faults.hang}: no answer after 1s; Ctrl-C ends`), late)
        assert.isTrue(late.endsWith(`${erased}${faults.hang}: no answer after 3s; Ctrl-C ends`), late)
        assert.isTrue(whole.endsWith(erased))
      })
  )

  it.effect.each([
    { title: "in a pipe", words: [], options: { isTerminal: false } },
    { title: "where errors are JSON", words: ["--error-format", "json"], options: {} },
    { title: "where the result is JSON", words: ["-o", "json"], options: {} },
    { title: "where attempts are told of", words: ["--debug"], options: {} },
    { title: "on a terminal that moves no cursor", words: [], options: { env: { TERM: "dumb" } } },
    { title: "in CI", words: [], options: { env: { CI: "true" } } }
  ])("is not shown $title", ({ options, words }) =>
    Effect.gen(function* () {
      const { faults } = yield* Simulator
      assert.strictEqual((yield* written(["show", faults.hang, ...words], options)).whole, "")
    })
  )

  it.effect("a slow call is shown in Chinese, and for a check of many by their count", () =>
    Effect.gen(function* () {
      const { backups, faults } = yield* Simulator
      const chinese = yield* written(["show", faults.hang], { env: { CBR_LANG: "zh" } })
      assert.include(chinese.late, `${faults.hang}：1s 尚无响应；按 Ctrl-C 结束`)
      const many = yield* written(["check", backups.available, faults.hang, "--healthy"], { requests: 2 })
      assert.isTrue(many.late.endsWith(`${erased}1 done`), many.late)
    })
  )
})
