import type { AccessKey } from "@cbr/client/signing"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import { TestClock } from "effect/testing"
import { Simulator } from "../src/index.ts"
import { get, pathOf, running, signed, wrongSecret } from "./Caller.ts"

/** The fields of either outcome that the tests read. */
interface Answer {
  readonly error_code?: string
  readonly error: { readonly code: number; readonly message: string; readonly title: string }
  readonly token: {
    readonly issued_at: string
    readonly expires_at: string
    readonly project: { readonly id: string; readonly name: string }
    readonly domain: { readonly name: string }
    readonly catalog: ReadonlyArray<{
      readonly name: string
      readonly endpoints: ReadonlyArray<{ readonly region: string; readonly url: string }>
    }>
  }
}

const post = Effect.fnUntraced(function* (body: string, query = "") {
  const { iam } = yield* Simulator
  const request = HttpClientRequest.post(`${iam}/v3/auth/tokens${query}`).pipe(
    HttpClientRequest.bodyText(body, "application/json")
  )
  const response = yield* HttpClient.execute(request)
  return { status: response.status, headers: response.headers, body: JSON.parse(yield* response.text) as Answer }
})

const authentication = Effect.fnUntraced(function* (
  changes: { readonly user?: object; readonly scope?: object; readonly methods?: ReadonlyArray<string> } = {}
) {
  const simulator = yield* Simulator
  const user = {
    name: simulator.user,
    password: Redacted.value(simulator.password),
    domain: { name: simulator.domain },
    ...changes.user
  }
  return JSON.stringify({
    auth: {
      identity: { methods: changes.methods ?? ["password"], password: { user } },
      scope: changes.scope ?? { project: { name: simulator.region } }
    }
  })
})

const domain_id = "5f2d2c3b1a0948e7b6c5d4e3f2a1b0c9"

describe("POST /v3/auth/tokens", () => {
  it.effect("gives a long token that opens CBR", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(Date.UTC(2026, 0, 1, 3, 4, 5, 123))
      const simulator = yield* Simulator
      const { body, headers, status } = yield* post(yield* authentication())
      assert.strictEqual(status, 201)
      const token = headers["x-subject-token"] ?? ""
      assert.isAbove(token.length, 2048)
      assert.match(headers["x-iam-trace-id"] ?? "", /^[0-9a-f]{32}$/)
      assert.strictEqual(body.token.expires_at, "2026-01-02T03:04:05.123000Z")
      assert.strictEqual(body.token.issued_at, "2026-01-01T03:04:05.123000Z")
      assert.strictEqual(body.token.project.id, simulator.project_id)
      assert.strictEqual(body.token.catalog[0]?.name, "cbr")
      const path = yield* pathOf(simulator.backups.available)
      assert.strictEqual((yield* get(simulator.cbr + path, { "x-auth-token": token })).status, 200)
    }).pipe(Effect.provide(running()))
  )

  it.effect("leaves the catalog out when asked", () =>
    Effect.gen(function* () {
      const { body } = yield* post(yield* authentication(), "?nocatalog=true")
      assert.notProperty(body.token, "catalog")
    }).pipe(Effect.provide(running()))
  )

  it.effect.each([
    { scope: { project: { name: "cn-north-4" } }, names: ["cbr", "iam"], region: "cn-north-4" },
    { scope: { project: { name: "ap-southeast-1" } }, names: ["cbr", "iam"], region: "ap-southeast-1" },
    { scope: { domain: { name: "simulated-domain" } }, names: ["iam"], region: "cn-north-4" }
  ])("the catalog of $scope has the simulator's own addresses", ({ names, region, scope }) =>
    Effect.gen(function* () {
      const { cbr, iam } = yield* Simulator
      const { body } = yield* post(yield* authentication({ scope }))
      const { catalog, project } = body.token
      assert.deepStrictEqual(
        catalog.map(({ name }) => name),
        names
      )
      const own: Record<string, string> = { cbr: `${cbr}/v3/${project?.id}`, iam: `${iam}/v3` }
      for (const { endpoints, name } of catalog) {
        assert.deepStrictEqual(
          endpoints.map(({ region, url }) => [region, url]),
          [[region, own[name]]]
        )
      }
    }).pipe(Effect.provide(running()))
  )

  it.effect("scopes to a project by id, to the domain, and to the first project unless told", () =>
    Effect.gen(function* () {
      const { domain, project_id } = yield* Simulator
      const scoped = (scope: object) =>
        Effect.map(Effect.flatMap(authentication({ scope }), post), ({ body }) => body.token)
      assert.strictEqual((yield* scoped({ project: { id: project_id } })).project.id, project_id)
      assert.strictEqual((yield* scoped({ project: { name: "ap-southeast-1" } })).project.name, "ap-southeast-1")
      assert.strictEqual((yield* scoped({})).project.id, project_id)
      const ofDomain = yield* scoped({ domain: { name: domain } })
      assert.strictEqual(ofDomain.domain.name, domain)
      assert.notProperty(ofDomain, "project")
    }).pipe(Effect.provide(running()))
  )

  it.effect.each([
    { what: "a wrong password", user: { password: "wrong" } },
    { what: "an unknown user", user: { name: "nobody" } },
    { what: "another domain", user: { domain: { name: "other" } } },
    { what: "a domain whose id is another's", user: { domain: { name: "simulated-domain", id: "other" } } },
    { what: "a name that is not the id's", user: { id: "7c6b5a493827160594837261504f3e2d", name: "nobody" } },
    { what: "no domain", user: { domain: {} } }
  ])("refuses $what in Keystone's words", ({ user }) =>
    Effect.gen(function* () {
      const { body, status } = yield* post(yield* authentication({ user }))
      assert.strictEqual(status, 401)
      assert.deepStrictEqual<unknown>(body, {
        error: { code: 401, message: "The username or password is wrong.", title: "Unauthorized" }
      })
    }).pipe(Effect.provide(running()))
  )

  it.effect.each([
    { project: { name: "eu-west-101" } },
    { project: { name: "cn-north-4", domain: { name: "other" } } },
    { project: { id: "4229d7a45436489f8c3dc2b1d35d4987", domain: { id: "other" } } },
    { project: { name: "cn-north-4", domain: {} } },
    { project: { name: "cn-north-4", id: "0605767a7f8025d82fe7c00ee3f2c2f4" } },
    { project: { name: "cn-north-4" }, domain: { name: "other" } },
    { domain: { name: "other" } },
    { domain: { name: "simulated-domain", id: "other" } }
  ])("refuses the scope %j, which is not the account's", (scope) =>
    Effect.gen(function* () {
      const { body, status } = yield* post(yield* authentication({ scope }))
      assert.strictEqual(status, 401)
      assert.strictEqual(body.error.message, "The project or domain of the scope does not exist or is not yours.")
    }).pipe(Effect.provide(running()))
  )

  it.effect("says 400 of a body that is no password authentication", () =>
    Effect.gen(function* () {
      for (const text of ["", "{", "[]", yield* authentication({ methods: ["token"] })]) {
        const { body, status } = yield* post(text)
        assert.strictEqual(status, 400)
        assert.deepStrictEqual<unknown>(body, {
          error: { code: 400, message: "The request body is not a password authentication.", title: "Bad Request" }
        })
      }
    }).pipe(Effect.provide(running()))
  )

  it.effect("says 400 of a body over 1 MiB", () =>
    Effect.gen(function* () {
      const { body, status } = yield* post("x".repeat(1024 * 1024 + 1))
      assert.deepStrictEqual([status, body.error_code], [400, "APIGW.0106"])
    }).pipe(Effect.provide(running()))
  )
})

describe("the owner of a credential", () => {
  it.effect("GET /v3/auth/tokens describes a token to its bearer", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      const token = Redacted.value(yield* simulator.issueToken)
      const asked = Effect.fnUntraced(function* (headers: Record<string, string>) {
        const answer = yield* get(`${simulator.iam}/v3/auth/tokens?nocatalog=true`, headers)
        return { status: answer.status, body: JSON.parse(answer.text) as unknown }
      })
      const { body, status } = yield* asked({ "x-auth-token": token, "x-subject-token": token })
      assert.strictEqual(status, 200)
      const { token: said } = body as { token: Record<string, unknown> }
      assert.deepInclude(said, {
        user: {
          id: "7c6b5a493827160594837261504f3e2d",
          name: simulator.user,
          domain: { id: domain_id, name: simulator.domain },
          password_expires_at: ""
        }
      })
      assert.notProperty(said, "catalog")
      assert.strictEqual((yield* asked({ "x-subject-token": token })).status, 401)
      assert.strictEqual((yield* asked({ "x-auth-token": token, "x-subject-token": "x" })).status, 404)
    }).pipe(Effect.provide(running()))
  )

  it.effect("GET /v5/caller-identity says it of an access key, permanent or temporary", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      const asked = Effect.fnUntraced(function* (accessKey: AccessKey) {
        const url = `${simulator.iam}/v5/caller-identity`
        const { status, text } = yield* get(url, yield* signed(url, { accessKey }))
        return [status, JSON.parse(text) as unknown]
      })
      assert.deepStrictEqual(yield* asked(simulator), [
        200,
        {
          account_id: domain_id,
          principal_urn: `iam::${domain_id}:user:developer`,
          principal_id: "7c6b5a493827160594837261504f3e2d"
        }
      ])
      const [status, body] = yield* asked(yield* simulator.issueTemporaryKey("15 minutes"))
      assert.strictEqual(status, 200)
      assert.match(JSON.stringify(body), /"sts::\w+:assumed-agency:simulated-agency\/developer"/)
      const token = { "x-auth-token": Redacted.value(yield* simulator.issueToken) }
      assert.strictEqual((yield* get(`${simulator.iam}/v5/caller-identity`, token)).status, 401)
    }).pipe(Effect.provide(running()))
  )
})

describe("GET /v3/projects", () => {
  const projects = Effect.fnUntraced(function* (query: string) {
    const { iam } = yield* Simulator
    const url = `${iam}/v3/projects${query}`
    const { headers, status, text } = yield* get(url, yield* signed(url))
    assert.strictEqual(status, 200)
    assert.match(headers["x-iam-trace-id"] ?? "", /^[0-9a-f]{32}$/)
    const body = JSON.parse(text) as {
      readonly projects: ReadonlyArray<{ readonly id: string; readonly name: string }>
    }
    return body.projects.map(({ id, name }) => [id, name])
  })

  it.effect("lists the account's projects, or those of one name", () =>
    Effect.gen(function* () {
      const { project_id, region } = yield* Simulator
      assert.deepStrictEqual(yield* projects(`?name=${region}`), [[project_id, region]])
      assert.deepStrictEqual(yield* projects("?name=none"), [])
      assert.lengthOf(yield* projects(""), 2)
    }).pipe(Effect.provide(running()))
  )

  it.effect("lists the projects that fixtures name", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* projects("?name=team-7"), [["team-7", "team-7"]])
    }).pipe(
      Effect.provide(
        running({ fixtures: [{ backup_id: "0f0f0f0f-0000-4000-8000-000000000000", project_id: "team-7", body: "" }] })
      )
    )
  )

  it.effect("refuses a wrong signature in the gateway's words and a wrong token in Keystone's", () =>
    Effect.gen(function* () {
      const { iam } = yield* Simulator
      const url = `${iam}/v3/projects`
      const signature = yield* get(url, yield* signed(url, { accessKey: yield* wrongSecret }))
      assert.strictEqual(signature.status, 401)
      assert.include(signature.text, `"error_code":"APIGW.0301"`)
      const token = yield* get(url, { "x-auth-token": "MIIforeign" })
      assert.strictEqual(token.status, 401)
      assert.strictEqual(
        token.text,
        `{"error":{"code":401,"message":"The request you have made requires authentication.","title":"Unauthorized"}}`
      )
    }).pipe(Effect.provide(running()))
  )

  it.effect("lists no project of another domain", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* projects("?domain_id=other"), [])
      assert.lengthOf(yield* projects(`?domain_id=${domain_id}`), 2)
    }).pipe(Effect.provide(running()))
  )

  it.effect("GET /v3/projects/{project_id} tells one project, and knows no other", () =>
    Effect.gen(function* () {
      const { iam, project_id, region } = yield* Simulator
      const asked = Effect.fnUntraced(function* (id: string) {
        const url = `${iam}/v3/projects/${id}`
        return yield* get(url, yield* signed(url))
      })
      const { status, text } = yield* asked(project_id)
      assert.strictEqual(status, 200)
      const { project } = JSON.parse(text) as { readonly project: unknown }
      assert.deepInclude(project, {
        id: project_id,
        name: region,
        domain_id,
        links: { self: `${iam}/v3/projects/${project_id}` }
      })
      assert.strictEqual((yield* asked("another")).status, 404)
      assert.strictEqual((yield* get(`${iam}/v3/projects/${project_id}`)).status, 401)
    }).pipe(Effect.provide(running()))
  )
})
