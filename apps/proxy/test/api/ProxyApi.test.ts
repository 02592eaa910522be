import { Simulator } from "@cbr/simulator"
import { assert, describe, layer } from "@effect/vitest"
import { createConfig, lintFromString } from "@redocly/openapi-core"
import { Ajv2020 } from "ajv/dist/2020.js"
import { Effect, Schema } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import { chromium } from "playwright-core"
import { needs } from "../../../../debian.ts"
import { ProblemBody } from "../../src/api/ProblemSchema.ts"
import { BatchBody } from "../../src/api/ProxyApi.ts"
import { Listener } from "../../src/server/Server.ts"
import { get, key, layer as testProxy, LogLines, pathOf } from "../TestProxy.ts"

interface Described {
  readonly openapi: string
  readonly servers: unknown
  readonly paths: Readonly<
    Record<
      string,
      Readonly<
        Record<
          string,
          {
            readonly responses: Readonly<Record<string, unknown>>
            readonly requestBody?: unknown
            readonly security?: ReadonlyArray<unknown>
          }
        >
      >
    >
  >
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> }
}

const described = Effect.map(get("/-/openapi.json", {}), ({ headers, text }) => {
  assert.strictEqual(headers["content-type"], "application/json")
  return { text, ...(JSON.parse(text) as Described) }
})

/** Names of an item's members in a request or an answer of `{"items": […]}`, in order. */
const propertiesOf = (of: unknown) =>
  Effect.map(Schema.decodeUnknownEffect(OfItems)(of), ({ content }) =>
    Object.keys(content["application/json"].schema.properties.items.items.properties).sort((a, b) => a.localeCompare(b))
  )

const items = Schema.Struct({ items: Schema.Struct({ properties: Schema.Record(Schema.String, Schema.Unknown) }) })
const OfItems = Schema.Struct({
  content: Schema.Struct({
    "application/json": Schema.Struct({ schema: Schema.Struct({ properties: Schema.Struct({ items }) }) })
  })
})

layer(testProxy, { excludeTestServices: true })("the description", (it) => {
  it.effect("is of OpenAPI 3.1, and every reference in it leads somewhere", () =>
    Effect.gen(function* () {
      const { components, openapi, text } = yield* described
      assert.match(openapi, /^3\.1\./)
      const references = new Set(Array.from(text.matchAll(/"#\/components\/schemas\/(\w+)"/g), ([, name]) => name!))
      assert.isAbove(references.size, 5)
      assert.hasAllKeys(components.schemas, [...references])
    })
  )

  it.effect("has nothing that its own linter warns of", () =>
    Effect.gen(function* () {
      const { text: source } = yield* described
      const found = yield* Effect.promise(async () =>
        lintFromString({ source, config: await createConfig({ extends: ["recommended"] }) })
      )
      assert.deepStrictEqual(
        found.map(({ location: [at], message, ruleId }) => `${ruleId}: ${message} (${at?.pointer})`),
        []
      )
    })
  )

  it.effect("is met by every backup of the simulated cloud that follows the page, its nulls too", () =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      const schemas = new Ajv2020({ strict: false }).addSchema({
        $id: "description",
        ...JSON.parse((yield* described).text)
      })
      const pointer =
        "paths/~1v3~1{project_id}~1backups~1{backup_id}/get/responses/200/content/application~1json/schema"
      const isMet = schemas.compile({ $ref: `description#/${pointer}` })
      const departing = new Set<string>()
      for (const [name, id] of Object.entries(backups)) {
        const { text } = yield* get(yield* pathOf(id))
        if (!isMet(JSON.parse(text))) departing.add(name)
      }
      assert.deepStrictEqual([...departing], ["wrong_types"])
      assert.include((yield* get(yield* pathOf(backups.nulls))).text, "null")
    })
  )

  it.effect("names headers as their RFCs do, and says where the proxy is", () =>
    Effect.gen(function* () {
      const { servers, text } = yield* described
      assert.deepStrictEqual(servers, [{ url: "/", description: "The proxy that shows this" }])
      const headers = Array.from(text.matchAll(/"name":"([\w-]+)","in":"header"/g), ([, name]) => name!)
      assert.includeMembers(headers, ["If-None-Match", "Prefer", "Last-Event-ID"])
    })
  )

  it.effect("has every kind of problem's status at every call", () =>
    Effect.gen(function* () {
      for (const [path, methods] of Object.entries((yield* described).paths)) {
        for (const { responses } of Object.values(methods)) {
          assert.includeMembers(Object.keys(responses), ["400", "401", "403", "404", "421", "429", "431", "503"], path)
        }
      }
    })
  )

  it.effect("names what is served", () =>
    Effect.gen(function* () {
      const { backups, project_id } = yield* Simulator
      const { paths } = yield* described
      const values = { project_id, backup_id: backups.example, slug: "backup-not-found" }
      const read = Object.entries(paths).filter(([, methods]) => "get" in methods)
      assert.lengthOf(read, 8)
      const { url } = yield* Listener
      // A stream of events has no end, so its head alone is asked for.
      const statusOf = (path: string, headers: Readonly<Record<string, string>>) =>
        Effect.map(HttpClient.head(url + path, { headers }), ({ status }) => status)
      for (const [template, { get: operation }] of read) {
        const path = template.replaceAll(/\{(\w+)\}/g, (_, name: keyof typeof values) => values[name])
        assert.strictEqual(yield* statusOf(path, { "x-auth-token": key }), 200, template)
        assert.strictEqual(yield* statusOf(path, {}), operation!.security?.length ? 401 : 200, template)
      }
    })
  )

  it.effect("tells what a batch is asked and answered, item by item", () =>
    Effect.gen(function* () {
      const { backups, project_id } = yield* Simulator
      const { url } = yield* Listener
      const items = [backups.example, "not-an-id"].map((backup_id) => ({ project_id, backup_id }))
      const response = yield* HttpClientRequest.post(`${url}/-/v1/backups:batchGet`, {
        headers: { "x-auth-token": key }
      }).pipe(HttpClientRequest.bodyJsonUnsafe({ items }), HttpClient.execute)
      const answer = yield* response.text
      const { items: decoded } = yield* Schema.decodeEffect(Schema.fromJsonString(BatchBody))(answer)
      assert.deepStrictEqual(
        decoded.map(({ status }) => status),
        [200, 400]
      )
      const { paths } = yield* described
      const operation = paths["/-/v1/backups:batchGet"]?.["post"]
      assert.deepStrictEqual(
        yield* propertiesOf(operation?.requestBody),
        Object.keys(items[0]!).sort((a, b) => a.localeCompare(b))
      )
      const told = yield* propertiesOf(operation?.responses["200"])
      for (const item of (JSON.parse(answer) as { items: ReadonlyArray<object> }).items) {
        assert.includeMembers([...told], Object.keys(item))
      }
    })
  )

  it.effect("tells how the cache is made to forget, and what that is answered", () =>
    Effect.gen(function* () {
      const { backups, project_id } = yield* Simulator
      const { url } = yield* Listener
      const { paths } = yield* described
      const template = "/-/v1/projects/{project_id}/backups/{backup_id}/cache"
      const path = template.replace("{project_id}", project_id).replace("{backup_id}", backups.example)
      const { status } = yield* HttpClient.del(url + path, { headers: { "x-auth-token": key } })
      assert.strictEqual(status, 204)
      assert.property(paths[template]?.["delete"]?.responses, "204")
      assert.notProperty(paths[template]?.["delete"]?.responses, "200")
    })
  )

  it.effect("tells a problem's members", () =>
    Effect.gen(function* () {
      const { text } = yield* get(yield* pathOf((yield* Simulator).faults.not_found))
      const decode = Schema.decodeEffect(Schema.fromJsonString(ProblemBody), { onExcessProperty: "error" })
      assert.strictEqual((yield* decode(text)).error_code, "BackupService.6200")
    })
  )

  it.effect("is a page that brings all that it needs", () =>
    Effect.gen(function* () {
      const { headers, status, text } = yield* get("/-/docs", {})
      assert.strictEqual(status, 200)
      assert.match(headers["content-type"] ?? "", /^text\/html/)
      assert.include(headers["content-security-policy"], "default-src 'none'")
      assert.notMatch(text, /<(?:script|link|img|iframe)[^>]+(?:src|href)=/)
    })
  )
})

/** Where Debian puts it. */
const executablePath = "/usr/bin/chromium"

const browser = Effect.acquireRelease(
  Effect.promise(() => chromium.launch({ executablePath, args: ["--no-sandbox"] })),
  (browser) => Effect.promise(() => browser.close())
)

describe("in a browser", needs("chromium"), () => {
  layer(testProxy, { excludeTestServices: true })("the page", (it) => {
    it.effect("shows the calls, tries one, and sends requests to the proxy alone", () =>
      Effect.gen(function* () {
        const { url } = yield* Listener
        const path = yield* pathOf((yield* Simulator).backups.example)
        const page = yield* Effect.flatMap(browser, (browser) => Effect.promise(() => browser.newPage()))
        const asked: Array<string> = []
        const complaints: Array<string> = []
        page.on("request", (request) => asked.push(request.url()))
        page.on("console", (message) => message.type() === "error" && complaints.push(message.text()))
        page.on("pageerror", (error) => complaints.push(error.message))

        yield* Effect.promise(async () => {
          await page.goto(`${url}/-/docs`)
          await page.getByText("Show a backup", { exact: true }).click()
          await page.getByText("byte for byte").waitFor()
          for (const call of ["Show many backups", "Forget a backup"]) {
            await page.getByText(call, { exact: true }).waitFor()
          }
        })
        assert.include(asked, `${url}/-/docs`)
        assert.isEmpty(asked.filter((each) => !each.startsWith("data:") && !each.startsWith(`${url}/`)))
        assert.deepStrictEqual(complaints, [])

        const tried = yield* Effect.promise(() =>
          page.evaluate(
            ([path, key]) => fetch(path!, { headers: { "x-api-key": key! } }).then((response) => response.status),
            [path, key]
          )
        )
        assert.strictEqual(tried, 200)
        const elsewhere = yield* Effect.promise(() =>
          page.evaluate(() =>
            fetch("http://127.0.0.1:9/").then(
              () => "asked",
              () => "refused"
            )
          )
        )
        assert.strictEqual(elsewhere, "refused")
        assert.match(complaints.join("\n"), /Content Security Policy/)
      }).pipe(Effect.scoped)
    )

    it.effect("of another site gets nothing out of the proxy", () =>
      Effect.gen(function* () {
        const { url } = yield* Listener
        const path = yield* pathOf((yield* Simulator).backups.example)
        const page = yield* Effect.flatMap(browser, (browser) => Effect.promise(() => browser.newPage()))
        const log = yield* LogLines
        yield* Effect.promise(() => page.goto(`${url.replace("127.0.0.1", "localhost")}/-/healthz`))
        const before = log.length
        const result = yield* Effect.promise(() =>
          page.evaluate(
            (target) =>
              fetch(target).then(
                (response) => response.text(),
                () => "refused"
              ),
            url + path
          )
        )
        assert.strictEqual(result, "refused")
        // The browser asks for an icon by itself, before or after.
        assert.include(log.slice(before).join(), "cross-site")
      }).pipe(Effect.scoped)
    )
  })
})
