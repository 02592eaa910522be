import { omitUndefined } from "@cbr/domain"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { FailureDetail, SecretFault, SecretName, SecretPlace } from "../errors/FailureDetails.ts"
import { NoCredentials } from "../errors/ShowBackupError.ts"
import type { AccessKey } from "../signing/AccessKey.ts"

/**
 * The fault of a text that cannot be a key or a token, which have visible characters of ASCII alone; with the code
 * point of its first invisible character.
 */
const faultOf = (text: string): { readonly fault: SecretFault; readonly character?: string } | undefined => {
  if (/^(["'`]).*\1$|^[“”‘’].*[“”‘’]$/s.test(text)) return { fault: "quoted" }
  return faultOfPassword(text) ?? (/^[\x21-\x7e]+$/.test(text) ? undefined : { fault: "other" })
}

/** The fault of a password, which may hold any visible character, and blanks. */
const faultOfPassword = (text: string): { readonly fault: SecretFault; readonly character?: string } | undefined => {
  if (text.includes("\0")) return { fault: "utf-16" }
  const character = invisible.exec(text)?.[0].codePointAt(0)
  return character === undefined
    ? undefined
    : { fault: "invisible", character: `U+${character.toString(16).toUpperCase().padStart(4, "0")}` }
}

/** Format characters such as a zero-width space, and spaces that no keyboard types. */
const invisible = /\p{Cf}|(?! )\p{Zs}|[\p{Cc}--[\t\n\r]]/v

/**
 * The fault of a secret, named by the setting where it stands, or by its kind; `undefined` if it has none.
 * @category Credentials
 * @since 0.2.0
 */
export const detailOf = (
  secret: SecretName,
  value: Redacted.Redacted<string>,
  at?: SecretPlace
): FailureDetail | undefined => {
  const text: unknown = Redacted.value(value)
  // A caller without types may hand over an environment variable that is not set.
  if (typeof text !== "string" || text === "") return { code: "secret-empty", secret }
  const found = secret === "password" ? faultOfPassword(text) : faultOf(text)
  return found && { code: "secret-unsendable", secret, ...found, ...omitUndefined({ at }) }
}

/** A secret, if it can be one. */
export const checked = (
  secret: SecretName,
  value: Redacted.Redacted<string>,
  at: SecretPlace
): Effect.Effect<Redacted.Redacted<string>, NoCredentials> => {
  const detail = detailOf(secret, value, at)
  return detail === undefined ? Effect.succeed(value) : Effect.fail(new NoCredentials({ detail }))
}

/**
 * An access key, if its parts can be one.
 *
 * @param at where a part stands
 */
export const checkedKey = Effect.fnUntraced(function* (
  { ak, security_token, sk }: AccessKey,
  at: (part: keyof AccessKey) => SecretPlace
): Effect.fn.Return<AccessKey, NoCredentials> {
  return {
    ak: Redacted.value(yield* checked("access-key-id", Redacted.make(ak), at("ak"))),
    sk: yield* checked("secret-access-key", sk, at("sk")),
    security_token: security_token && (yield* checked("security-token", security_token, at("security_token")))
  }
})
