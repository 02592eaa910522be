import { findRegion } from "@cbr/client"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { Account, type Project } from "./Account.ts"
import { Authentication } from "./Authentication.ts"
import { Endpoints } from "./Endpoints.ts"
import { PasswordAuthentication } from "./PasswordAuthentication.ts"
import * as ServiceErrors from "./ServiceError.ts"
import { type Grant, Tokens } from "./Tokens.ts"

/**
 * IAM's routes. `POST /v3/auth/tokens` gives a token for a password, and `GET` of the same describes
 * a token. `GET /v3/projects` lists the projects of the account, or those of one name; `GET /v3/projects/{project_id}`
 * describes one. `GET /v3` is the version that OpenStack's tools ask for first. Every address in an answer is
 * the simulator's own. Temporary keys are in `SecurityTokenHandlers`.
 */
export const IamHandlers = HttpRouter.use(
  Effect.fnUntraced(function* (router) {
    const account = yield* Account
    const authentication = yield* Authentication
    const endpoints = yield* Endpoints
    const tokens = yield* Tokens

    const isOwnDomain = (wanted: Reference | undefined): boolean => isMeant(account.domain, wanted)

    const isPasswordRight = ({
      domain,
      id,
      name,
      password
    }: PasswordAuthentication["auth"]["identity"]["password"]["user"]) =>
      isMeant(account.user, { id, name }) &&
      ((id !== undefined && domain === undefined) || isOwnDomain(domain)) &&
      Redacted.value(password) === Redacted.value(account.user.password)

    /** The project that the token is asked for; `undefined` for the whole domain. */
    const projectOf = Effect.fnUntraced(function* (scope: PasswordAuthentication["auth"]["scope"]) {
      const { domain, project: wanted } = scope ?? {}
      if (domain !== undefined && !isOwnDomain(domain)) return yield* ServiceErrors.iamScopeUnknown
      if (wanted === undefined) return domain === undefined ? account.projects[0] : undefined
      const found = account.projects.find((project) => isMeant(project, wanted))
      const isOfDomain = wanted.domain === undefined || isOwnDomain(wanted.domain)
      return found !== undefined && isOfDomain ? found : yield* ServiceErrors.iamScopeUnknown
    })

    yield* router.add(
      "POST",
      "/v3/auth/tokens",
      Effect.gen(function* () {
        const request = yield* HttpServerRequest.HttpServerRequest
        const { auth } = yield* decodeAuthentication(yield* request.text).pipe(
          Effect.catchTag("SchemaError", () =>
            Effect.fail(ServiceErrors.iamMalformed("The request body is not a password authentication."))
          )
        )
        if (!isPasswordRight(auth.identity.password.user)) return yield* ServiceErrors.iamUnauthorized
        const issued = yield* tokens.issue(yield* projectOf(auth.scope))
        return HttpServerResponse.jsonUnsafe(
          { token: tokenEntry(account, issued, isCatalogWanted(request.url) ? endpoints : undefined) },
          { status: 201, headers: { "x-subject-token": Redacted.value(issued.token) } }
        )
      })
    )

    yield* router.add(
      "GET",
      "/v3/auth/tokens",
      Effect.gen(function* () {
        const request = yield* HttpServerRequest.HttpServerRequest
        yield* Effect.mapError(
          tokens.grantOf(request.headers["x-auth-token"] ?? ""),
          () => ServiceErrors.iamTokenRequired
        )
        const subject = request.headers["x-subject-token"] ?? ""
        const grant = yield* Effect.mapError(tokens.grantOf(subject), () => ServiceErrors.iamTokenUnknown)
        return HttpServerResponse.jsonUnsafe(
          { token: tokenEntry(account, grant, isCatalogWanted(request.url) ? endpoints : undefined) },
          { headers: { "x-subject-token": subject } }
        )
      })
    )

    // Behind the gateway, IAM words what is wrong with a token itself.
    const authenticated = Effect.fnUntraced(function* (request: HttpServerRequest.HttpServerRequest) {
      return yield* Effect.mapError(authentication.authenticate(request), (refusal) =>
        request.headers["x-auth-token"] === undefined ? refusal : ServiceErrors.iamTokenRequired
      )
    })

    yield* router.add(
      "GET",
      "/v3/projects",
      Effect.gen(function* () {
        const request = yield* HttpServerRequest.HttpServerRequest
        yield* authenticated(request)
        const query = new URLSearchParams(request.url.split("?")[1])
        const [name, domain] = [query.get("name"), query.get("domain_id")]
        return HttpServerResponse.jsonUnsafe({
          projects: account.projects
            .filter((project) => name === null || project.name === name)
            .filter(() => domain === null || domain === account.domain.id)
            .map((project) => projectEntry(account, project, endpoints)),
          links: { self: `${endpoints.iam}/v3/projects`, previous: null, next: null }
        })
      })
    )

    yield* router.add(
      "GET",
      "/v3/projects/:project_id",
      Effect.gen(function* () {
        yield* authenticated(yield* HttpServerRequest.HttpServerRequest)
        const { project_id } = yield* HttpRouter.params
        const project = account.projects.find(({ id }) => id === project_id)
        if (project === undefined) return yield* ServiceErrors.iamProjectUnknown
        return HttpServerResponse.jsonUnsafe({ project: projectEntry(account, project, endpoints) })
      })
    )

    yield* router.add("GET", "/v3", HttpServerResponse.json({ version: versionEntry(endpoints) }).pipe(Effect.orDie))
  })
)

/** A reference by id or by name. */
interface Reference {
  readonly id?: string | undefined
  readonly name?: string | undefined
}

/** Whether a request names this by its id, its name or both, and by nothing else's. */
const isMeant = (own: Project, wanted: Reference | undefined): boolean =>
  (wanted?.id !== undefined || wanted?.name !== undefined) &&
  (wanted.id === undefined || wanted.id === own.id) &&
  (wanted.name === undefined || wanted.name === own.name)

const decodeAuthentication = Schema.decodeUnknownEffect(Schema.fromJsonString(PasswordAuthentication))

/** `2026-01-02T03:04:05.123000Z`: microseconds, as Python writes them. */
const keystoneTime = (time: DateTime.Utc): string => DateTime.formatIso(time).replace(/Z$/, "000Z")

const isCatalogWanted = (url: string): boolean => (new URLSearchParams(url.split("?")[1]).get("nocatalog") ?? "") === ""

const tokenEntry = (
  account: Account["Service"],
  { expires_at, issued_at, project }: Grant,
  catalogAt: Endpoints["Service"] | undefined
) => {
  const { domain, user } = account
  return {
    expires_at: keystoneTime(expires_at),
    issued_at: keystoneTime(issued_at),
    methods: ["password"],
    ...(catalogAt === undefined ? {} : { catalog: catalogOf(account, project, catalogAt) }),
    roles: [{ id: "0", name: "te_admin" }],
    ...(project === undefined ? { domain } : { project: { id: project.id, name: project.name, domain } }),
    user: { id: user.id, name: user.name, domain, password_expires_at: "" }
  }
}

const projectEntry = ({ domain }: Account["Service"], { id, name }: Project, { iam }: Endpoints["Service"]) => ({
  id,
  name,
  description: "",
  domain_id: domain.id,
  parent_id: domain.id,
  enabled: true,
  is_domain: false,
  links: { self: `${iam}/v3/projects/${id}` }
})

/** The services for a project; for the whole domain IAM alone, since an address of CBR names a project. */
const catalogOf = (account: Account["Service"], project: Project | undefined, { cbr, iam }: Endpoints["Service"]) => {
  const region = findRegion(project?.name ?? "")?.id ?? account.region
  return [
    ...(project === undefined ? [] : [{ name: "cbr", type: "CBR", url: `${cbr}/v3/${project.id}` }]),
    { name: "iam", type: "identity", url: `${iam}/v3` }
  ].map(({ name, type, url }) => ({
    id: `${name}-catalog`,
    name,
    type,
    endpoints: [{ id: `${name}-${region}`, interface: "public", region, region_id: region, url }]
  }))
}

const versionEntry = ({ iam }: Endpoints["Service"]) => ({
  id: "v3.6",
  status: "stable",
  updated: "2016-04-04T00:00:00Z",
  links: [{ rel: "self", href: `${iam}/v3/` }],
  "media-types": [{ base: "application/json", type: "application/vnd.openstack.identity-v3+json" }]
})
