import { Authorization, defaultWindow } from "@cbr/client/signing"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { valuesOf } from "../http/RequestHead.ts"
import type { ProxyError } from "../problems/ProxyError.ts"
import type { Store } from "../store/Store.ts"
import type { Signed } from "./RequestCredential.ts"
import { signatureRefused } from "./SdkSignature.ts"

/** Whether a signature opens the same read again while it is good. */
export const ReplayOfReads = Context.Reference<"allow" | "refuse">("@cbr/proxy/ReplayOfReads", {
  defaultValue: () => "allow"
})

/** Methods that change nothing. POST asks for many backups at once, and for nothing else. */
const reads: ReadonlySet<string> = new Set(["GET", "HEAD", "POST"])

/**
 * Lets a verified signature through: of a write once, of a read as often as
 * the rules say. An observer of a signed request can send it again, whole,
 * for as long as its signature is good.
 *
 * @param permit charges the quota of signatures that other replicas remember too
 */
export const rejectReplay = (
  { useOnce }: Pick<Store["Service"], "useOnce">,
  { head }: Signed,
  ofReads: "allow" | "refuse",
  permit: Effect.Effect<void, ProxyError>
): Effect.Effect<void, ProxyError> => {
  if (reads.has(head.method) && ofReads === "allow") return Effect.void
  const authorization = Authorization.parse(valuesOf(head, "authorization")[0] ?? "")
  return Result.isFailure(authorization)
    ? Effect.fail(signatureRefused("Replayed"))
    : Effect.flatMap(useOnce(usedNameOf(authorization.success), goodFor, permit), (isFirst) =>
        isFirst ? Effect.void : Effect.fail(signatureRefused("Replayed"))
      )
}

/** The time for which a signature opens after its first use, in milliseconds: it may be dated as far ahead as behind. */
const goodFor = 2 * Duration.toMillis(defaultWindow)

/** 128 bits of a signature are enough to tell it by. Verification accepts its hex digits in lower case alone. */
const usedNameOf = ({ ak, signature }: { readonly ak: string; readonly signature: string }) => ({
  owner: ak,
  name: signature.slice(0, 32)
})
