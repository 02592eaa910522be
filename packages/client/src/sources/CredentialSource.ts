import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { readSettings, setting } from "../config/EnvSetting.ts"
import type { Credentials } from "../credentials/Credentials.ts"
import { DetailedError } from "../errors/DetailedError.ts"
import { NoCredentials, type ShowBackupError } from "../errors/ShowBackupError.ts"

/**
 * This source is not configured; the chain tries the next. Its `detail` says what was looked for, and why it did not
 * serve; a source of your own says it in `{ code: "other", message }`. Holds no secret: variables and files are named,
 * never quoted.
 * @category Credential sources
 * @since 0.2.0
 */
export class NotConfigured extends DetailedError<NotConfigured>()("NotConfigured", {
  /** Whether the source itself is there, so that it may have a credential later. */
  mayAppear: Schema.optionalKey(Schema.Boolean)
}) {}

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

/** A source of the default chain. */
export const sourceOf = <const Name extends string, R>(
  name: Name,
  resolve: CredentialSource<R>["resolve"]
): CredentialSource<R, Name> => ({ name, resolve })

/**
 * Two variables that go together. Fails with `NotConfigured` where neither is set, and with what is missing where one is.
 */
export const bothOf = Effect.fnUntraced(function* (one: string, other: string) {
  const [first, second] = yield* readSettings(Config.all([setting(one), setting(other)]))
  if (first !== undefined && second !== undefined) return [first, second] as const
  if (first === second) return yield* new NotConfigured({ detail: { code: "neither-set", variables: [one, other] } })
  const [set, missing] = first === undefined ? [other, one] : [one, other]
  return yield* new NoCredentials({ detail: { code: "half-set", set, missing } })
})
