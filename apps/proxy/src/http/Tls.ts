import { createPrivateKey, X509Certificate } from "node:crypto"
import { createSecureContext } from "node:tls"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { readText } from "./TextFile.ts"

/** The certificate of a server, and the key that proves it. */
export interface TlsIdentity {
  /** Certificate chain, PEM. */
  readonly cert: string
  /** Private key, PEM. */
  readonly key: Redacted.Redacted<string>
}

/** Two files that are no identity together. */
export class TlsUnusable extends Schema.TaggedError<TlsUnusable>()("TlsUnusable", {
  /** The setting that names the faulty file. */
  setting: Schema.Literals(["cert_file", "key_file"]),
  message: Schema.String
}) {}

/** The options of Node's TLS for this identity. */
export const secureOptions = ({ cert, key }: TlsIdentity) =>
  ({ cert, key: Redacted.value(key), minVersion: "TLSv1.2" }) as const

type Setting = TlsUnusable["setting"]
type Files = { readonly [Name in Setting]: string }

const read = (files: Files, setting: Setting): Effect.Effect<string, TlsUnusable, FileSystem.FileSystem> =>
  Effect.mapError(
    readText(files[setting]),
    ({ message }) => new TlsUnusable({ setting, message: `${files[setting]} cannot be read: ${message}` })
  )

/** A file of certificates: its text, and the first of them, which in a server's chain is its own. */
export const certificateIn = (cert_file: string) =>
  Effect.flatMap(read({ cert_file, key_file: "" }, "cert_file"), (text) =>
    Effect.map(Effect.fromResult(ownOf(text)), (certificate) => ({ text, certificate }))
  )

/**
 * The identity in two files of PEM, which belong together. A file that is
 * empty, or ends in the middle of a certificate, is refused: another program
 * may be writing it.
 */
export const tlsIdentity = Effect.fnUntraced(function* (
  files: Files
): Effect.fn.Return<TlsIdentity, TlsUnusable, FileSystem.FileSystem> {
  const identity: TlsIdentity = {
    cert: yield* read(files, "cert_file"),
    key: Redacted.make(yield* read(files, "key_file"))
  }
  const own = yield* Effect.fromResult(ownOf(identity.cert))
  const key = yield* attempt("key_file", unreadableKey, () => createPrivateKey(Redacted.value(identity.key)))
  if (!own.checkPrivateKey(key)) return yield* unusable("cert_file", strangers)
  yield* attempt("cert_file", strangers, () => createSecureContext(secureOptions(identity)))
  return identity
})

// OpenSSL's words help only authors of such files.
const noCertificate = "the file holds no certificate in PEM"
const cutOff = "the file ends in the middle of a certificate, or one of its certificates is damaged"
const unreadableKey = "the file holds no private key in PEM, or one that a password protects"
const strangers = "the certificate and the key do not belong together"

const unusable = (setting: Setting, message: string) => new TlsUnusable({ setting, message })

const attempt = <A>(setting: Setting, message: string, make: () => A) =>
  Effect.try({ try: make, catch: () => unusable(setting, message) })

/** The forms in which OpenSSL writes a certificate; TRUSTED adds the uses that its owner trusts it for. */
const certificateLabel = "(?:TRUSTED |X509 )?CERTIFICATE"
const begin = new RegExp(`-----BEGIN ${certificateLabel}`)
const certificates = new RegExp(`-----BEGIN (${certificateLabel})-----[^-]+-----END \\1-----`, "g")

/** Whole parts of PEM, of any kind: a certificate's file may hold its key, or words between the parts. */
const parts = /-----BEGIN ([^-]+)-----[\s\S]*?-----END \1-----/g

/** A part that begins and never ends, or the first signs of one. */
const begunPart = /-----BEGIN|(?:^|\n)-{1,5}[A-Z]*$/

/** The first certificate in a text of PEM, in which each is whole. */
const ownOf = (text: string): Result.Result<X509Certificate, TlsUnusable> => {
  const whole = text.match(certificates) ?? []
  const begun = text.split(begin).length - 1
  if (begun === 0) return Result.fail(unusable("cert_file", noCertificate))
  const isCutOff = whole.length !== begun || begunPart.test(text.replace(parts, "").trimEnd())
  if (isCutOff) return Result.fail(unusable("cert_file", cutOff))
  try {
    return Result.succeed(whole.map((part) => new X509Certificate(part))[0]!)
  } catch {
    return Result.fail(unusable("cert_file", cutOff))
  }
}

/** The server's own certificate. */
export const certificateOf = ({ cert }: TlsIdentity): X509Certificate => new X509Certificate(cert)

/** Time before a certificate's end at which the proxy warns of it: most are renewed by then. */
const ahead = Duration.days(14)

/** The fault that clients find in a certificate at a moment, or soon will. */
export const certificateWarning = (certificate: X509Certificate, now: DateTime.Utc): string | undefined => {
  const [begin, end] = [certificate.validFrom, certificate.validTo].map((date) => DateTime.makeUnsafe(Date.parse(date)))
  if (DateTime.isGreaterThan(begin!, now)) {
    return `the certificate begins at ${DateTime.formatIso(begin!)}: clients refuse it until then`
  }
  if (DateTime.isLessThanOrEqualTo(end!, now)) {
    return `the certificate ended at ${DateTime.formatIso(end!)}: clients refuse it; renew it`
  }
  return DateTime.isLessThan(end!, DateTime.addDuration(now, ahead))
    ? `the certificate ends at ${DateTime.formatIso(end!)}: renew it`
    : undefined
}
