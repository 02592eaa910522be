import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { Account, type Project } from "./Account.ts"
import { Authentication } from "./Authentication.ts"
import { PasswordAuthentication } from "./PasswordAuthentication.ts"
import * as Refusals from "./Refusal.ts"
import { type Grant, Tokens } from "./Tokens.ts"

/**
 * IAM's routes: `POST /v3/auth/tokens` (a password for a token), `GET` of the
 * same (what a token is) and `GET /v3/projects` (the projects of the account,
 * of one name when asked). Temporary keys are in `SecurityTokenHandlers`.
 */
export const IamHandlers = HttpRouter.use(
  Effect.fnUntraced(function* (router) {
    const account = yield* Account
    const authentication = yield* Authentication
    const tokens = yield* Tokens

    const isPasswordRight = ({
      domain,
      id,
      name,
      password
    }: PasswordAuthentication["auth"]["identity"]["password"]["user"]) =>
      (id === undefined
        ? name === account.user.name && (domain?.name === account.domain.name || domain?.id === account.domain.id)
        : id === account.user.id) && Redacted.value(password) === Redacted.value(account.user.password)

    /** The project that the token is asked for; none for the whole domain. */
    const projectOf = Effect.fnUntraced(function* (scope: PasswordAuthentication["auth"]["scope"]) {
      const { domain, project: wanted } = scope ?? {}
      const [ownProject] = account.projects
      if (wanted !== undefined) {
        const found = account.projects.find(({ id, name }) =>
          wanted.id === undefined ? wanted.name === name : wanted.id === id
        )
        return found ?? (yield* Refusals.iamScopeUnknown)
      }
      if (domain === undefined) return ownProject
      if (domain.id === account.domain.id || domain.name === account.domain.name) return undefined
      return yield* Refusals.iamScopeUnknown
    })

    yield* router.add(
      "POST",
      "/v3/auth/tokens",
      Effect.gen(function* () {
        const request = yield* HttpServerRequest.HttpServerRequest
        const { auth } = yield* decodeAuthentication(yield* request.text).pipe(
          Effect.catchTag("SchemaError", () =>
            Effect.fail(Refusals.iamMalformed("The request body is not a password authentication."))
          )
        )
        if (!isPasswordRight(auth.identity.password.user)) return yield* Refusals.iamUnauthorized
        const issued = yield* tokens.issue(yield* projectOf(auth.scope))
        return HttpServerResponse.jsonUnsafe(
          { token: tokenEntry(account, issued, isCatalogWanted(request.url)) },
          { status: 201, headers: { "x-subject-token": Redacted.value(issued.token) } }
        )
      })
    )

    yield* router.add(
      "GET",
      "/v3/auth/tokens",
      Effect.gen(function* () {
        const request = yield* HttpServerRequest.HttpServerRequest
        yield* Effect.mapError(tokens.grantOf(request.headers["x-auth-token"] ?? ""), () => Refusals.iamTokenRequired)
        const subject = request.headers["x-subject-token"] ?? ""
        const grant = yield* Effect.mapError(tokens.grantOf(subject), () => Refusals.iamTokenUnknown)
        return HttpServerResponse.jsonUnsafe(
          { token: tokenEntry(account, grant, isCatalogWanted(request.url)) },
          { headers: { "x-subject-token": subject } }
        )
      })
    )

    yield* router.add(
      "GET",
      "/v3/projects",
      Effect.gen(function* () {
        const request = yield* HttpServerRequest.HttpServerRequest
        yield* authentication.authenticate(request).pipe(
          // Behind the gateway, IAM words what is wrong with a token itself.
          Effect.mapError((refusal) =>
            request.headers["x-auth-token"] === undefined ? refusal : Refusals.iamTokenRequired
          )
        )
        const name = new URLSearchParams(request.url.split("?")[1]).get("name")
        return HttpServerResponse.jsonUnsafe({
          projects: account.projects
            .filter((project) => name === null || project.name === name)
            .map((project) => projectEntry(account, project)),
          links: { self: "https://iam.myhuaweicloud.com/v3/projects", previous: null, next: null }
        })
      })
    )
  })
)

const decodeAuthentication = Schema.decodeUnknownEffect(Schema.fromJsonString(PasswordAuthentication))

/** `2026-01-02T03:04:05.123000Z`: microseconds, as Python writes them. */
const keystoneTime = (time: DateTime.Utc): string => DateTime.formatIso(time).replace(/Z$/, "000Z")

const isCatalogWanted = (url: string): boolean => (new URLSearchParams(url.split("?")[1]).get("nocatalog") ?? "") === ""

const tokenEntry = (account: Account["Service"], { expires_at, issued_at, project }: Grant, hasCatalog: boolean) => {
  const { domain, user } = account
  return {
    expires_at: keystoneTime(expires_at),
    issued_at: keystoneTime(issued_at),
    methods: ["password"],
    ...(hasCatalog ? { catalog: catalogOf(account) } : {}),
    roles: [{ id: "0", name: "te_admin" }],
    ...(project === undefined ? { domain } : { project: { id: project.id, name: project.name, domain } }),
    user: { id: user.id, name: user.name, domain, password_expires_at: "" }
  }
}

const projectEntry = ({ domain }: Account["Service"], { id, name }: Project) => ({
  id,
  name,
  description: "",
  domain_id: domain.id,
  parent_id: domain.id,
  enabled: true,
  is_domain: false,
  links: { self: `https://iam.myhuaweicloud.com/v3/projects/${id}` }
})

const catalogOf = ({ projects, region }: Account["Service"]) =>
  [
    ["cbr", "CBR"],
    ["iam", "identity"]
  ].map(([name, type]) => ({
    id: `${name}-catalog`,
    name,
    type,
    endpoints: [
      {
        id: `${name}-${region}`,
        interface: "public",
        region,
        region_id: region,
        url: `https://${name}.${region}.myhuaweicloud.com/v3${name === "cbr" ? `/${projects[0].id}` : ""}`
      }
    ]
  }))
