import * as Redacted from "effect/Redacted"

/** What a request carried that its answer may quote. */
export interface SentSecrets {
  /** Keys, tokens and passwords: replaced wherever they stand. */
  readonly secrets: ReadonlyArray<Redacted.Redacted<string>>
  /** Access key id: shortened to its first four characters wherever it stands. */
  readonly ak?: string | undefined
}

const mask = "<redacted>"

/** How much of the service's words is kept. */
const longest = 400

/**
 * Text of the service, made safe to show, log or relay.
 *
 * Gateways quote the request back when a signature fails
 * (`canonicalRequest:GET|…|authorization:…`), access key, token and signature
 * included. What was sent is replaced wherever it stands, then whatever has
 * the form of a secret; control and format characters become spaces; the rest
 * is cut to 400 characters.
 *
 * @example
 * ```ts
 * redactServiceText("Get secretKey failed, ak:EXAMPLEACCESSKEY0001") // "Get secretKey failed, ak:EXAM…"
 * ```
 */
export const redactServiceText = (text: string, sent: SentSecrets = { secrets: [] }): string => {
  const known = replacements(sent)
  const formless = withoutSecretForms(replaceAll(text, known))
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ")
    .trim()
  // Once more: a password with a space may stand where a control character was.
  const safe = replaceAll(formless, known)
  return safe.length > longest ? `${safe.slice(0, longest).toWellFormed()}…` : safe.toWellFormed()
}

type Replacement = readonly [found: string, shown: string]

/** Shorter ones would be found in ordinary words. */
const shortest = 4

/** Longest first, so that no rest of a secret is left by another one inside it. */
const replacements = ({ ak, secrets }: SentSecrets): ReadonlyArray<Replacement> => [
  ...secrets
    .map(Redacted.value)
    .filter((secret) => secret.length >= shortest)
    .flatMap(spellings)
    .sort((a, b) => b.length - a.length)
    .map((secret): Replacement => [secret, mask]),
  ...(ak === undefined || ak.length <= 4 ? [] : [[ak, `${ak.slice(0, 4)}…`] as const])
]

/** As it was sent, and as it stands in a URL or inside JSON. */
const spellings = (secret: string): ReadonlyArray<string> => [
  ...new Set([secret, encodeURIComponent(secret.toWellFormed()), JSON.stringify(secret).slice(1, -1)])
]

const replaceAll = (text: string, known: ReadonlyArray<Replacement>): string =>
  known.reduce((safe, [found, shown]) => safe.replaceAll(found, () => shown), text)

const withoutSecretForms = (text: string): string =>
  text
    .replace(/canonical_?request\s*[:=].*/gis, `canonicalRequest:${mask}`)
    .replace(/string_?to_?sign\s*[:=].*/gis, `stringToSign:${mask}`)
    .replace(
      /\b(authorization|x-auth-token|x-subject-token|(?:x-)?security[-_]?token|cookie|password|secret(?:[-_]?access)?[-_]?key|sk)(["']?\s*[:=]\s*).*/gis,
      `$1$2${mask}`
    )
    .replace(/\b(Signature=)[^\s,;|]+/gi, `$1${mask}`)
    .replace(/\b((?:Access|Credential)=|ak["']?\s*[:=]\s*["']?)([A-Za-z0-9]{4})[A-Za-z0-9_/-]{4,}/gi, `$1$2…`)
    .replace(/\b[0-9a-f]{64}\b/gi, mask)
    // Longer than the path of the call, which may be shown.
    .replace(/[A-Za-z0-9+/_=-]{120,}/g, mask)
