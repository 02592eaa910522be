import { AuthenticationFailed } from "@cbr/client"
import * as Schema from "effect/Schema"
import type { Verdict } from "./CredentialTurns.ts"

/** A verdict as it goes from one process to another. */
export const VerdictAsJson = Schema.Union([
  Schema.Struct({ _tag: Schema.Literal("Accepted") }),
  Schema.Struct({ _tag: Schema.Literal("Refused"), error: AuthenticationFailed, until: Schema.Finite })
])
export type VerdictAsJson = (typeof VerdictAsJson)["Encoded"]

const encode = Schema.encodeSync(VerdictAsJson)

/** The verdict that both sides mean. */
export const verdictAsJson = (verdict: Verdict): VerdictAsJson => encode(verdict)
