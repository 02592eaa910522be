import { Authorization } from "@cbr/client/signing"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { valuesOf } from "../http/RequestHead.ts"
import type { Refusal } from "../problems/Refusal.ts"
import type { Signed } from "./PresentedCredential.ts"
import { signatureRefused } from "./SdkSignature.ts"
import type { UsedSignatures } from "./UsedSignatures.ts"

/** Whether a signature opens the same read again while it is good. */
export const ReplayOfReads = Context.Reference<"allow" | "refuse">("@cbr/proxy/ReplayOfReads", {
  defaultValue: () => "allow"
})

/** What changes nothing. POST asks for many backups at once, and for nothing else. */
const reads: ReadonlySet<string> = new Set(["GET", "HEAD", "POST"])

/**
 * Lets a verified signature through: of a write once, of a read as often as
 * the rules say. Who has seen a signed request on its way can send it again,
 * whole, for as long as its signature is good.
 *
 * @param permit what it takes to have a signature remembered beyond this proxy
 */
export const unlessReplayed = (
  { use }: UsedSignatures,
  { head }: Signed,
  ofReads: "allow" | "refuse",
  permit: Effect.Effect<void, Refusal>
): Effect.Effect<void, Refusal> => {
  if (reads.has(head.method) && ofReads === "allow") return Effect.void
  const authorization = Authorization.parse(valuesOf(head, "authorization")[0] ?? "")
  return Result.isFailure(authorization)
    ? Effect.fail(signatureRefused("Replayed"))
    : Effect.flatMap(use(authorization.success, permit), (isFirst) =>
        isFirst ? Effect.void : Effect.fail(signatureRefused("Replayed"))
      )
}
