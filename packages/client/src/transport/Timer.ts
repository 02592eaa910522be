import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"

/**
 * Calls back once after a duration, by the clock of a fiber. Returns how to
 * stop the timer. On the real clock it is one timer of the platform, where
 * `Effect.timeout` makes two fibers; on any other clock it is a fiber that sleeps.
 */
export const startTimer = (
  fiber: Fiber.Fiber<unknown, unknown>,
  duration: Duration.Duration,
  onTimeout: () => void
): (() => void) => {
  const milliseconds = Duration.toMillis(duration)
  if (fiber.getRef(Clock.Clock) === platformClock && milliseconds <= maxTimerMilliseconds) {
    const timer = setTimeout(onTimeout, milliseconds)
    return () => clearTimeout(timer)
  }
  const sleeping = Effect.runForkWith(fiber.context)(Effect.andThen(Effect.sleep(duration), Effect.sync(onTimeout)))
  return () => sleeping.interruptUnsafe()
}

/** The clock of a fiber that was given no other. */
const platformClock = Context.get(Context.empty(), Clock.Clock)

/** The longest delay of `setTimeout`; beyond it, the platform calls back at once. */
const maxTimerMilliseconds = 2 ** 31 - 1
