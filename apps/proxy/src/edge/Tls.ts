import { createSecureContext } from "node:tls"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { whyUnread } from "../configuration/FileTrouble.ts"

/** What a server shows of itself, and proves it with. */
export interface TlsIdentity {
  /** Certificate chain, PEM. */
  readonly cert: string
  /** Private key, PEM. */
  readonly key: Redacted.Redacted<string>
}

/** Two files that are no identity together. */
export class TlsUnusable extends Schema.TaggedError<TlsUnusable>()("TlsUnusable", {
  /** Which setting leads to the fault. */
  setting: Schema.Literals(["cert_file", "key_file"]),
  message: Schema.String
}) {}

/** How a server of this identity speaks TLS. */
export const secureOptions = ({ cert, key }: TlsIdentity) =>
  ({ cert, key: Redacted.value(key), minVersion: "TLSv1.2" }) as const

/** The identity in two files of PEM, which belong together. */
export const tlsIdentity = Effect.fnUntraced(function* (files: {
  readonly cert_file: string
  readonly key_file: string
}): Effect.fn.Return<TlsIdentity, TlsUnusable, FileSystem.FileSystem> {
  const { readFileString } = yield* FileSystem.FileSystem
  const read = (setting: "cert_file" | "key_file") =>
    readFileString(files[setting]).pipe(
      Effect.catchTag("PlatformError", (error) =>
        Effect.fail(new TlsUnusable({ setting, message: `${files[setting]} cannot be read: ${whyUnread(error)}` }))
      )
    )
  const identity: TlsIdentity = { cert: yield* read("cert_file"), key: Redacted.make(yield* read("key_file")) }
  yield* Effect.try({
    try: () => createSecureContext(secureOptions(identity)),
    // OpenSSL's words help nobody who has not written the file by hand.
    catch: () =>
      new TlsUnusable({
        setting: "cert_file",
        message: "the certificate and the key are not both PEM, or do not belong together"
      })
  })
  return identity
})
