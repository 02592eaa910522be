import type { Verdict } from "@cbr/domain"
import * as Effect from "effect/Effect"
import { Failure } from "../../failures/Failure.ts"
import { replacePipes } from "../../monitoring/MonitoringPlugin.ts"
import type { CheckInput } from "./CheckFlags.ts"

/** The result of a check, ready to print. */
export interface CheckOutcome {
  readonly worst: Verdict
  readonly summary: string
  readonly figures: ReadonlyArray<string>
  readonly print: Effect.Effect<void>
  readonly failures: ReadonlyArray<Failure>
}

/** Lines of a check's details, in which a monitoring system finds no performance data. */
export const asDetails = (text: string, { exitStyle }: CheckInput): string =>
  exitStyle === "monitoring" ? replacePipes(text) : text
