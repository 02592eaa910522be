import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import { ProxyError } from "./ProxyError.ts"

/** Logs a defect: a fault of the proxy itself, and no failure of a request. */
export const logDefect = (defect: unknown): Effect.Effect<void> => logDefects(Cause.die(defect))

/** Logs the defects that ended a fiber. */
export const logDefects = (cause: Cause.Cause<unknown>): Effect.Effect<void> =>
  Effect.logError("a defect of the proxy", cause)

/** The refusal of a request whose answer a defect ended; the log has the defect. */
export const internalError = new ProxyError({
  reason: "InternalError",
  message: "the proxy failed at answering this request"
})
