import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Redacted from "effect/Redacted"
import { StartFailed } from "../StartFailed.ts"

/** What a server shows of itself, and proves it with. */
export interface TlsIdentity {
  /** Certificate chain, PEM. */
  readonly cert: string
  /** Private key, PEM. */
  readonly key: Redacted.Redacted<string>
}

/** The identity in two files of PEM. */
export const tlsIdentity = Effect.fnUntraced(function* (files: {
  readonly cert_file: string
  readonly key_file: string
}) {
  const { readFileString } = yield* FileSystem.FileSystem
  const read = (file: string) =>
    readFileString(file).pipe(
      Effect.catchTag("PlatformError", ({ reason }) =>
        Effect.fail(new StartFailed({ message: `${file} cannot be read (${reason._tag})`, exitCode: 2 }))
      )
    )
  const identity: TlsIdentity = {
    cert: yield* read(files.cert_file),
    key: Redacted.make(yield* read(files.key_file))
  }
  return identity
})
