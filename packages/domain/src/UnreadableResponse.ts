import * as Schema from "effect/Schema"

/**
 * A body that is not an answer to ShowBackup or ListBackups at all, with the reason:
 *
 * - `NotJson`: it is no JSON text;
 * - `NotABackup`: it is JSON, but not `{"backup": {…}}`;
 * - `NotAList`: it is JSON, but not `{"backups": […]}`;
 * - `TooLarge`: it is longer than the limit;
 * - `TooDeep`: its objects and arrays nest deeper than the limit.
 *
 * The message never quotes the body.
 */
export class UnreadableResponse extends Schema.TaggedError<UnreadableResponse>()("UnreadableResponse", {
  reason: Schema.Literals(["NotJson", "NotABackup", "NotAList", "TooLarge", "TooDeep"]),
  detail: Schema.String
}) {
  override get message(): string {
    return this.detail
  }
}
