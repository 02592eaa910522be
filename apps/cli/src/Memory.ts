import { setFlagsFromString } from "node:v8"
import * as Effect from "effect/Effect"

/**
 * Makes the engine hold less from here on, and take a tenth longer: for a
 * batch, which waits for the network, and whose answers it would else heap up
 * to three times the memory before it looks for those that are done with.
 */
export const spare: Effect.Effect<void> = Effect.sync(() => setFlagsFromString("--optimize-for-size"))
