import type * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Messages } from "../messages/Messages.ts"
import { flagWithoutVariable } from "./Flags.ts"
import { usageError } from "./UsageError.ts"

/**
 * `--resource NAME|ID`: the backup of a server or disk in the place of an id. It selects the subject of a command, so it
 * has no variable: one that was forgotten would make the command about something else.
 */
export const resourceFlag = ({ flags }: Messages): Flag.Flag<Option.Option<string>> =>
  flagWithoutVariable("resource", "NAME|ID", flags.resource)

/** The selectors of a command's subject: backups by their ids, a saved response, or a resource. */
interface Selectors {
  readonly ids: ReadonlyArray<string>
  readonly from: Option.Option<string>
  readonly resource: Option.Option<string>
}

/** Wrong use unless exactly one of the selectors is there. */
export const requireOneSelector = ({ from, ids, resource }: Selectors) => {
  const given = Number(ids.length > 0) + Number(Option.isSome(from)) + Number(Option.isSome(resource))
  if (given === 1) return Effect.void
  return usageError(({ wrongUse: { rules } }) => {
    if (given === 0) return rules.noBackup
    return Option.isSome(resource) ? rules.eitherResourceOrOther : rules.eitherIdOrFrom
  })
}
