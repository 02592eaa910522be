import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { FailureDetail } from "../errors/FailureDetail.ts"
import { failureText } from "../errors/FailureText.ts"
import type { ShowBackupError } from "../ShowBackupError.ts"
import type { Credentials } from "./Credentials.ts"

/** Why a place gave no credential. Holds no secret: variables and files are named, never quoted. */
export class NotHere extends Schema.TaggedError<NotHere>()("NotHere", {
  /** What was looked for, and why it did not serve; a link of your own says it in `{ code: "other", message }`. */
  detail: FailureDetail,
  /** Whether the place itself is there, so that it may have one later. */
  mayCome: Schema.optionalKey(Schema.Boolean)
}) {
  override get message(): string {
    return failureText(this.detail)
  }
}

/**
 * One place where credentials may be: a link of the chain.
 *
 * `open` fails with `NotHere` where nothing is set up, and the next link is
 * tried. Any other failure means that the place was set up and does not work;
 * it ends the search, because going on in silence would call with a credential
 * that nobody meant.
 *
 * @example
 * ```ts
 * const vault: Link<VaultClient> = { place: "the vault", open: Effect.flatMap(VaultClient, readKey) }
 * ```
 */
export interface Link<R = never, Place extends string = string> {
  /** Name of the place, for messages. */
  readonly place: Place
  readonly open: Effect.Effect<Credentials["Service"], NotHere | ShowBackupError, R>
}
