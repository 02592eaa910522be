import * as Redacted from "effect/Redacted"

/**
 * The secrets of a request, which its answer may quote.
 * @category Errors
 * @since 0.1.0
 */
export interface SentSecrets {
  /** Keys, tokens and passwords: replaced wherever they stand. */
  readonly secrets: ReadonlyArray<Redacted.Redacted<string>>
  /** Access key id: shortened to its first four characters wherever it stands. */
  readonly ak?: string | undefined
}

const mask = "<redacted>"

/** The longest text that is kept, in characters. */
const longest = 400

/**
 * Text of the service, made safe to show, log or relay.
 *
 * Gateways quote the request back when a signature fails
 * (`canonicalRequest:GET|…|authorization:…`), access key, token and signature
 * included. The sent secrets are replaced wherever they stand, then each text in the form of a secret; control and
 * format characters become spaces; the rest is cut to 400 characters.
 *
 * @example
 * ```ts
 * redactServiceText("Get secretKey failed, ak:EXAMPLEACCESSKEY0001") // "Get secretKey failed, ak:EXAM…"
 * ```
 * @category Errors
 * @since 0.1.0
 */
export const redactServiceText = (text: string, sent: SentSecrets = { secrets: [] }): string => {
  const exact = replacements(sent)
  if (plain.test(text) && longEnough(sent).every((secret) => printable.test(secret))) return replaceAll(text, exact)
  const known = hidden(sent).reduce(withoutHidden, replaceAll(text, exact))
  const formless = withoutSecretForms(known).replace(unprintable(), " ").trim()
  // Replaced again: a password with a space may stand where a control character was.
  const safe = replaceAll(formless, exact)
  return safe.length > longest ? `${safe.slice(0, longest).toWellFormed()}…` : safe.toWellFormed()
}

/** An id, as most answers have one: it has no escapes and is too short for a signature, so a secret stands in it as it is. */
const plain = /^[\da-f-]{0,36}$/i

const printable = /^[ -~]*$/

/** Control and format characters, in a row. Read from the engine's tables, which takes a while: made only when needed. */
const unprintable = () => /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu

type Replacement = readonly [found: string, shown: string]

/** The length of the shortest secret to replace; a shorter one would match in ordinary words. */
const shortest = 4

const longEnough = ({ secrets }: SentSecrets): ReadonlyArray<string> =>
  secrets.map(Redacted.value).filter((secret) => secret.length >= shortest)

/** The replacements, the longest secret first, so that a secret inside another one leaves no rest of it. */
const replacements = (sent: SentSecrets): ReadonlyArray<Replacement> => {
  let known = found.get(sent)
  if (known === undefined) found.set(sent, (known = replacementsOf(sent)))
  return known
}

/** One credential is sent many times. */
const found = new WeakMap<SentSecrets, ReadonlyArray<Replacement>>()

const replacementsOf = (sent: SentSecrets): ReadonlyArray<Replacement> => [
  ...longEnough(sent)
    .flatMap((secret) => [
      secret,
      encodeURIComponent(secret.toWellFormed()),
      JSON.stringify(secret).slice(1, -1),
      ...base64(secret)
    ])
    .sort((a, b) => b.length - a.length)
    .map((secret): Replacement => [secret, mask]),
  ...(sent.ak === undefined || sent.ak.length <= 4 ? [] : [[sent.ak, `${sent.ak.slice(0, 4)}…`] as const])
]

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** The part of a secret in the base64 of any text that holds it: one form for each place of its first byte in a triple. */
const base64 = (secret: string): ReadonlyArray<string> =>
  [0, 1, 2].flatMap((before) => {
    const bytes = [...Array.from({ length: before }, () => 0), ...encoder.encode(secret)]
    const whole = btoa(bytes.map((byte) => String.fromCharCode(byte)).join(""))
    // The first and last characters hold bits of the neighbours too.
    const own = whole.slice(Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6))
    return own.length < 2 * shortest ? [] : [own, own.replaceAll("+", "-").replaceAll("/", "_")]
  })

/** A secret to be found behind escapes. */
interface Hidden {
  readonly secret: string
  /** Whether a plus is looked at as the space that it stands for in a form. */
  readonly isForm: boolean
}

const hidden = (sent: SentSecrets): ReadonlyArray<Hidden> =>
  longEnough(sent)
    .map((secret) => secret.replace(unprintable(), ""))
    .filter((secret) => secret.length >= shortest)
    .sort((a, b) => b.length - a.length)
    .flatMap((secret) => (secret.includes(" ") ? [false, true] : [false]).map((isForm) => ({ secret, isForm })))

/** Masks a secret whose characters are escaped in any mixture, and parted by any characters that cannot be printed. */
const withoutHidden = (text: string, { isForm, secret }: Hidden): string => {
  const { characters, ends, starts } = unescaped(text, isForm)
  let shown = ""
  let from = 0
  for (let at = characters.indexOf(secret); at !== -1; at = characters.indexOf(secret, at + secret.length)) {
    shown += text.slice(from, starts[at]) + mask
    from = ends[at + secret.length - 1]!
  }
  return shown + text.slice(from)
}

/** A character of UTF-8 in percent, an escape of JSON, or a character that can be printed. Made only when needed, as {@link unprintable} is. */
const unit = () =>
  /%[0-7][\da-f]|%[cd][\da-f]%[89ab][\da-f]|%e[\da-f](?:%[89ab][\da-f]){2}|%f[0-7](?:%[89ab][\da-f]){3}|\\{1,2}u[\da-f]{4}|[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/giu

/** The characters that can be printed, escapes undone, and where in the text each of them starts and ends. */
const unescaped = (text: string, isForm: boolean) => {
  const starts: Array<number> = []
  const ends: Array<number> = []
  let characters = ""
  for (const { 0: found, index } of text.matchAll(unit())) {
    const character = isForm && found === "+" ? " " : read(found)
    characters += character
    for (let each = 0; each < character.length; each++) {
      starts.push(index)
      ends.push(index + found.length)
    }
  }
  return { characters, ends, starts }
}

const read = (found: string): string => {
  if (found.length === 1) return found
  if (found.startsWith("\\")) return String.fromCharCode(Number.parseInt(found.slice(-4), 16))
  return found.startsWith("%")
    ? decoder.decode(Uint8Array.from(found.slice(1).split("%"), (byte) => Number.parseInt(byte, 16)))
    : found
}

const replaceAll = (text: string, known: ReadonlyArray<Replacement>): string =>
  // Most words are ids, which are shorter than most keys.
  known.reduce(
    (safe, [found, shown]) => (found.length > safe.length ? safe : safe.replaceAll(found, () => shown)),
    text
  )

const withoutSecretForms = (text: string): string =>
  text
    .replace(/canonical_?request\s*[:=].*/gis, `canonicalRequest:${mask}`)
    .replace(/string_?to_?sign\s*[:=].*/gis, `stringToSign:${mask}`)
    .replace(
      /\b(authorization|x-auth-token|x-subject-token|(?:x-)?security[-_]?token|cookie|password|passwd|pwd|secret(?:[-_]?access)?[-_]?key|sk)(["']?\s*[:=]\s*).*/gis,
      `$1$2${mask}`
    )
    .replace(/\b(Bearer\s+)(?!(?:token|auth\w*|realm)\b)[^\s"',;|]+/gi, `$1${mask}`)
    // At the end of any word, so that no start of a word is tried against the rest of the text.
    .replace(/((?:token|access[-_]?key)(?:["']?\s*=|["']\s*:)\s*["']?)[^\s"',;&|]+/gi, `$1${mask}`)
    .replace(/\b((?:token|access[-_]?key)\s*:\s*)[\w+/=.-]{16,}/gi, `$1${mask}`)
    .replace(/\b(Signature=)[^\s,;|]+/gi, `$1${mask}`)
    .replace(
      /\b((?:Access|Credential)=|(?:ak|access[-_]?key[-_]?id)["']?\s*[:=]\s*["']?)([A-Za-z0-9]{4})[A-Za-z0-9_/-]{4,}/gi,
      `$1$2…`
    )
    .replace(/\b[0-9a-f]{64}\b/gi, mask)
    // Longer than the path of the call, which may be shown.
    .replace(/[A-Za-z0-9+/_=-]{120,}/g, mask)
