import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { readSettings, setting } from "../config/EnvSetting.ts"
import type { Credentials } from "../credentials/Credentials.ts"
import { DetailedError } from "../errors/DetailedError.ts"
import { NoCredentials, type ShowBackupError } from "../errors/ShowBackupError.ts"

/**
 * This source is not configured; the chain tries the next. Its `detail` has the settings that the source looked for, and
 * the reason; a source of your own gives it as `{ code: "other", message }`. Holds no secret: variables and files are named,
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
 * Reads two variables that go together; `undefined` if neither is set. Fails with `NoCredentials` if only one is set.
 */
export const pairOf = Effect.fnUntraced(function* <A>(
  settingOf: (name: string) => Config.Config<A | undefined>,
  one: string,
  other: string
): Effect.fn.Return<readonly [A, A] | undefined, NoCredentials> {
  const [first, second] = yield* readSettings(Config.all([settingOf(one), settingOf(other)]))
  if (first !== undefined && second !== undefined) return [first, second]
  if (first === second) return undefined
  const [set, missing] = first === undefined ? [other, one] : [one, other]
  return yield* new NoCredentials({ detail: { code: "half-set", set, missing } })
})

/** Reads a pair as {@link pairOf} does. Fails with `NotConfigured` if neither is set. */
export const bothOf = Effect.fnUntraced(function* (one: string, other: string) {
  const detail = { code: "neither-set", variables: [one, other] } as const
  return (yield* pairOf(setting, one, other)) ?? (yield* new NotConfigured({ detail }))
})
