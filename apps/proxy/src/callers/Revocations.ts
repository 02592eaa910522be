import * as Context from "effect/Context"
import * as Stream from "effect/Stream"

/** Keys that were revoked somewhere else; nobody elsewhere unless somebody is provided. */
export const Revocations = Context.Reference<{
  /** Whether the key of this SHA-256, in hex, was revoked. */
  readonly isRevoked: (sha256: string) => boolean
  /** Emits after a key was revoked. */
  readonly changes: Stream.Stream<void>
}>("@cbr/proxy/Revocations", { defaultValue: () => ({ isRevoked: () => false, changes: Stream.empty }) })
