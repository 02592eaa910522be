import { ShowBackupResponse } from "@cbr/domain"
import { Effect, Exit, Fiber, Result } from "effect"
import { TestClock } from "effect/testing"
import { type Answer, inMemory } from "../InMemoryTransport.ts"

/** An answer of 200 with this backup. */
export const answer = (backup: object): Answer => ({ status: 200, body: JSON.stringify({ backup }) })

export const notFound: Answer = {
  status: 404,
  headers: { "x-request-id": "request-of-404" },
  body: `{"error_code":"BackupService.6200","error_msg":"not there"}`
}

/** A service that gives these answers in turn, and the last of them for ever after. */
export const inTurn = (...answers: readonly [Answer, ...ReadonlyArray<Answer>]) =>
  inMemory((nth) => answers[Math.min(nth, answers.length - 1)]!)

/** The response that the domain reads from a backup. */
export const responseOf = (backup: object): ShowBackupResponse =>
  Result.getOrThrow(ShowBackupResponse.read(JSON.stringify({ backup }), { request_id: "request-of-200" }))

/** The waits between requests, in seconds of the test's clock. */
export const gaps = (sent: ReadonlyArray<{ readonly at: number }>): ReadonlyArray<number> =>
  sent.slice(1).map(({ at }, index) => (at - sent[index]!.at) / 1000)

/** Runs an effect for this long in virtual time: its exit, or `undefined` when it has not ended. */
export const runFor = Effect.fnUntraced(function* <A, E, R>(duration: string, effect: Effect.Effect<A, E, R>) {
  const fiber = yield* Effect.forkChild(effect)
  yield* TestClock.adjust(duration as "1 second")
  const exit = fiber.pollUnsafe()
  if (exit === undefined) yield* Fiber.interrupt(fiber)
  return exit
})

/** The success of an effect that ends within a day. */
export const success = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.flatten(ended(effect))

/** The error of an effect that fails within a day. */
export const failure = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.flatten(ended(Effect.flip(effect)))

const ended = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.map(runFor("1 day", effect), (exit) => exit ?? Exit.die(new Error("not ended after a day")))
