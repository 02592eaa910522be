import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Credentials } from "../credentials/Credentials.ts"
import { FailureDetail } from "../errors/FailureDetail.ts"
import { failureText } from "../errors/FailureText.ts"
import type { ShowBackupError } from "../errors/ShowBackupError.ts"

/**
 * This source is not configured; the chain tries the next. Holds no secret: variables and files are named, never
 * quoted.
 * @category Credential sources
 * @since 0.2.0
 */
export class NotConfigured extends Schema.TaggedError<NotConfigured>()("NotConfigured", {
  /** What was looked for, and why it did not serve; a source of your own says it in `{ code: "other", message }`. */
  detail: FailureDetail,
  /** Whether the source itself is there, so that it may have a credential later. */
  mayAppear: Schema.optionalKey(Schema.Boolean)
}) {
  override get message(): string {
    return failureText(this.detail)
  }
}

/**
 * A source of credentials, of which a chain tries one after the other.
 *
 * `resolve` fails with `NotConfigured` where nothing is set up, and the chain
 * tries the next source. Any other failure means that the source was set up and
 * does not work. It ends the search: a chain that went on in silence would call
 * with a credential that the user did not mean.
 *
 * @example
 * ```ts
 * const vault: CredentialSource<VaultClient> = { name: "the vault", resolve: Effect.flatMap(VaultClient, readKey) }
 * ```
 * @category Credential sources
 * @since 0.2.0
 */
export interface CredentialSource<R = never, Name extends string = string> {
  /** Name of the source, for messages. */
  readonly name: Name
  readonly resolve: Effect.Effect<Credentials["Service"], NotConfigured | ShowBackupError, R>
}
