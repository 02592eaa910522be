import type { ShowBackupRequest } from "@cbr/domain"
import * as Context from "effect/Context"
import * as HttpApi from "effect/http-api/HttpApi"
import type * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import type * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as FindMyWay from "effect/http/FindMyWay"
import { ProxyError } from "../problems/ProxyError.ts"
import { Access, Credential } from "./ApiAccess.ts"
import { type Backups, type Pages, type Projects, ProxyApi } from "./ProxyApi.ts"

type NameIn<Group> = HttpApiEndpoint.Identifier<HttpApiGroup.Endpoints<Group>>

/** The names of what needs no credential. */
export type PageName = NameIn<typeof Pages>

/** The names of what needs one. */
export type CallName = NameIn<typeof Backups> | NameIn<typeof Projects>

/** The names of what the cache answers, which the decision itself shows. */
export type CachedCall = "showBackup" | "listBackups"

/** One thing that may be asked for. */
export interface Route extends Access {
  readonly name: PageName | CallName
  /** Whether it needs a credential. */
  readonly isProtected: boolean
  /** Whether a query is refused; a call that declares its parameters reads them itself. */
  readonly isWithoutQuery: boolean
  readonly hasBody: boolean
}

/** A path that is served. */
export interface Resource {
  /** Such as `/v3/:project_id/backups/:backup_id`. */
  readonly template: string
  readonly methods: ReadonlyMap<string, Route>
  /** For any other method, with `Allow`. */
  readonly methodNotAllowed: ProxyError
}

/** The resource of a target. */
export interface Found {
  readonly resource: Resource
  readonly params: Readonly<Record<string, string | undefined>>
  /** The backup that it names, where that is known from a request before. */
  readonly request?: ShowBackupRequest
}

const declared = (): ReadonlyMap<FindMyWay.PathInput, ReadonlyMap<string, Route>> => {
  const paths = new Map<FindMyWay.PathInput, Map<string, Route>>()
  HttpApi.reflect(ProxyApi, {
    onGroup: () => {},
    onEndpoint: ({ endpoint, mergedAnnotations, middleware }) => {
      const methods = paths.get(endpoint.path as FindMyWay.PathInput) ?? new Map<string, Route>()
      paths.set(endpoint.path as FindMyWay.PathInput, methods)
      const isProtected = (middleware as ReadonlySet<unknown>).has(Credential)
      const route: Route = {
        ...Context.get(mergedAnnotations, Access),
        name: endpoint.identifier as PageName | CallName,
        isProtected,
        isWithoutQuery: isProtected && endpoint.method === "GET" && endpoint.query === undefined,
        hasBody: endpoint.method === "POST"
      }
      methods.set(endpoint.method, route)
      if (endpoint.method === "GET") methods.set("HEAD", route)
    }
  })
  return paths
}

/** The declared API as a table of routes: a path is served in one spelling, and GET answers HEAD too. */
const table = (): FindMyWay.Router<Resource> => {
  const router = FindMyWay.make<Resource>({
    caseSensitive: true,
    ignoreTrailingSlash: false,
    ignoreDuplicateSlashes: false,
    // Ids of any length reach the check that names what is wrong with them.
    maxParamLength: 2_048
  })
  for (const [path, methods] of declared()) {
    const names = [...methods.keys()]
    router.on("GET", path, {
      // The router's spelling of a colon that begins no parameter.
      template: path.replaceAll("::", ":"),
      methods,
      methodNotAllowed: new ProxyError({
        reason: "MethodNotAllowed",
        message: `this resource answers ${names.join(" and ")} alone`,
        headers: { allow: names.join(", ") }
      })
    })
  }
  return router
}

const router = table()

/** The refusal of a path that is not served. */
export const noSuchResource = new ProxyError({
  reason: "NoSuchResource",
  message: "nothing is served under this path"
})

/** The resource of a request target, whatever the method; undefined if the path is not served. */
export const find = (target: string): Found | undefined => {
  const found = router.find("GET", target)
  return found === undefined ? undefined : { resource: found.handler, params: found.params }
}
