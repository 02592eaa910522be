import { setFlagsFromString } from "node:v8"
import * as Effect from "effect/Effect"

/**
 * Makes the engine hold less from here on, and take about a seventh longer:
 * for a batch, which waits for the network, and whose answers it would else
 * let lie for longer than the memory of a small machine allows.
 */
export const optimizeForSize: Effect.Effect<void> = Effect.sync(() => setFlagsFromString("--optimize-for-size"))
