import { nearestName } from "@cbr/client"
import { idForms, listBackupsParameters, type ListBackupsRequest, ProjectId, readListBackupsQuery } from "@cbr/domain"
import * as Exit from "effect/Exit"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { ProxyError } from "../problems/ProxyError.ts"

/**
 * The request for the list in a target. Its query is read strictly: parameters of the API's page alone, each in its one form,
 * percent-encoded as RFC 3986 says. So two queries that mean the same are one to the cache.
 *
 * @param target such as `/v3/4229d7a4…/backups?limit=10`
 */
export const listRequestOf = (target: string, project_id: string): Exit.Exit<ListBackupsRequest, ProxyError> => {
  if (!isProjectId(project_id)) return refused(`the path does not hold ${idForms.project_id.en}`)
  const mark = target.indexOf("?")
  const pairs =
    mark < 0
      ? []
      : target
          .slice(mark + 1)
          .split("&")
          .map(pairOf)
  if (pairs.includes(undefined)) {
    return refused("the query is not name=value, joined by & and percent-encoded; a space is %20, and a + is %2B")
  }
  const all = pairs as ReadonlyArray<readonly [string, string]>
  const read = readListBackupsQuery(project_id, all)
  if (Result.isSuccess(read)) return Exit.succeed(read.success)
  const faults = [...new Set(all.map(([name]) => name))].flatMap((name) => {
    const own = all.filter(([other]) => other === name)
    return Result.isFailure(readListBackupsQuery(project_id, own)) ? faultOf(name, own.length) : []
  })
  return refused(faults.join("; "))
}

/** The fault of a parameter that the list does not take; shows the caller's text only if it is a word. */
const faultOf = (name: string, count: number): string => {
  if (listBackupsParameters.includes(name)) {
    return count > 1 && name !== "status"
      ? `ListBackups takes the query parameter ${name} once`
      : `ListBackups does not take this value of the query parameter ${name}`
  }
  if (!/^\w{1,64}$/.test(name)) return "ListBackups takes no query parameter whose name is not a word"
  const near = nearestName(name, listBackupsParameters)
  return `ListBackups takes no query parameter ${name}${near === undefined ? "" : ` (did you mean ${near}?)`}`
}

const isProjectId = Schema.is(ProjectId)

/** Decodes a name and its value; `undefined` for what is written in another way. */
const pairOf = (text: string): readonly [name: string, value: string] | undefined => {
  const [name = "", value, ...others] = text.split("=")
  if (name === "" || value === undefined || others.length > 0 || text.includes("+")) return undefined
  try {
    return [decodeURIComponent(name), decodeURIComponent(value)]
  } catch {
    return undefined
  }
}

const refused = (message: string) => Exit.fail(new ProxyError({ reason: "BadRequest", message }))
