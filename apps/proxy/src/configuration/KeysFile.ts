import { FileUpdate } from "@cbr/client"
import * as CliError from "effect/cli/CliError"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as PlatformError from "effect/PlatformError"
import * as Schema from "effect/Schema"
import { readText, writeErrorReason } from "../http/TextFile.ts"
import { Rfc3339 } from "./Rfc3339.ts"

const KeyRecord = Schema.Struct({
  /** Names the key in `keys list` and `keys revoke`. */
  id: Schema.NonEmptyString,
  /** The caller of the key: a name under `callers`. */
  caller: Schema.NonEmptyString,
  /** SHA-256 of the key, in hex. */
  sha256: Schema.RedactedFromValue(Schema.String.check(Schema.isPattern(/^[0-9a-f]{64}$/))),
  created_at: Rfc3339,
  expires_at: Schema.optionalKey(Rfc3339)
})

/** One key of a caller, as it is kept. */
export type KeyRecord = typeof KeyRecord.Type

const Contents = Schema.Struct({ keys: Schema.Array(KeyRecord) })
const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(Contents), { onExcessProperty: "error" })
const encode = Schema.encodeSync(Contents)

/** A file of keys that cannot be read or written. */
export class KeysFileUnusable extends Schema.TaggedError<KeysFileUnusable>()("KeysFileUnusable", {
  message: Schema.String
}) {
  override get [CliError.userMessage](): string {
    return this.message
  }
}

/** The keys in a file; none where there is no file yet. */
export const read = Effect.fn("KeysFile.read")(function* (file: string) {
  const text = yield* readText(file).pipe(
    Effect.catchTag("FileUnread", ({ isMissing, message }) =>
      isMissing ? Effect.succeed('{"keys":[]}') : unusable(`${file} cannot be read: ${message}`)
    )
  )
  return yield* Effect.mapBoth(decode(text), {
    onSuccess: ({ keys }) => keys,
    // The decoder's words may quote the text, and this file is not edited by hand.
    onFailure: () => new KeysFileUnusable({ message: `${file} is not a file that \`cbr-proxy keys\` wrote` })
  })
})

/**
 * Changes the keys in a file. Changes at once wait for each other, a reader
 * sees the old keys or the new ones, and the file stays its owner's: another
 * user that may not give it back is refused, and nothing is changed.
 */
export const update = <E, R>(
  file: string,
  change: (keys: ReadonlyArray<KeyRecord>) => Effect.Effect<ReadonlyArray<KeyRecord>, E, R>
) =>
  FileUpdate.update(
    file,
    (target) =>
      Effect.map(Effect.flatMap(read(target), change), (keys) => `${JSON.stringify(encode({ keys }), null, 2)}\n`),
    { keepsMode: true }
  ).pipe(
    Effect.catchIf(
      (error) => error instanceof PlatformError.PlatformError,
      (error) => unusable(`${file} cannot be written: ${whyUnchanged(error)}`)
    )
  )

const whyUnchanged = (error: PlatformError.PlatformError): string => {
  const { reason } = error
  if (reason._tag === "AlreadyExists") {
    return `another command is changing it; if none is, remove ${String(reason.pathOrDescriptor)}, which one that was killed has left`
  }
  return reason.method === "chown"
    ? "it belongs to another user, which could not read it any more: run this command as that user, or as root"
    : writeErrorReason(error)
}

const unusable = (message: string): Effect.Effect<never, KeysFileUnusable> =>
  Effect.fail(new KeysFileUnusable({ message }))

/** Whether a key still opens anything. */
export const isExpired = ({ expires_at }: KeyRecord, now: DateTime.Utc): boolean =>
  expires_at !== undefined && DateTime.isLessThanOrEqualTo(expires_at, now)

/** A text that is equal for equal keys. */
export const fingerprint = (keys: ReadonlyArray<KeyRecord>): string => JSON.stringify(encode({ keys }))
