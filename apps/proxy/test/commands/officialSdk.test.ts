import { execFile } from "node:child_process"
import { readFileSync } from "node:fs"
import { symlink } from "node:fs/promises"
import { type AddressInfo, connect, createServer } from "node:net"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { layer as simulatorLayer, Simulator } from "@cbr/simulator"
import { assert, describe, it } from "@effect/vitest"
import { BasicCredentials } from "@huaweicloud/huaweicloud-sdk-core/auth/BasicCredentials.js"
import { ClientBuilder } from "@huaweicloud/huaweicloud-sdk-core/ClientBuilder.js"
import type { HcClient } from "@huaweicloud/huaweicloud-sdk-core/HcClient.js"
import type { SdkResponse } from "@huaweicloud/huaweicloud-sdk-core/SdkResponse.js"
import { Effect, Redacted } from "effect"
import { logged, readyLine, started } from "../ProxyProcess.ts"
import { head, rawExchange, statusesOf } from "../RawExchange.ts"
import { temporaryFolder, written } from "../TemporaryFolder.ts"

const ak = "BILLINGKEY0001"
const sk = "Canary-0123456789abcdef0123456789"

/** A proxy in a process of its own before the simulated cloud, told where things are by a file. */
const configured = Effect.gen(function* () {
  const simulator = yield* Simulator
  const { "proxy.yaml": file } = yield* written(yield* temporaryFolder, {
    "proxy.yaml": `listen: { port: 0, public_hosts: [cbr.example.org, 127.0.0.1] }
admin: { enabled: false }
drain: { serve_seconds: 0 }
callers:
  billing:
    projects: ["${simulator.project_id}"]
    scopes: [read, list, batch]
    access_keys: [{ ak: ${ak}, sk_env: BILLING_SK }]
credentials: { main: { type: access_key, ak: ${simulator.ak}, sk_env: CLOUD_SK } }
projects: { "${simulator.project_id}": { region: cn-north-4, credentials: [main] } }
regions: { cn-north-4: { endpoint: "${simulator.cbr}", iam_endpoint: "${simulator.iam}" } }
`
  })
  return yield* started(["--config", file], { BILLING_SK: sk, CLOUD_SK: Redacted.value(simulator.sk) })
})

/** A hop that passes every byte on to an origin, but for one text of the caller's. */
const changing = (origin: string, from: string, to: string) =>
  Effect.acquireRelease(
    Effect.callback<{ readonly url: string; readonly close: () => void }>((resume) => {
      const server = createServer((socket) => {
        const onward = connect(Number(new URL(origin).port), "127.0.0.1")
        socket.on("data", (bytes: Buffer) => onward.write(bytes.toString("latin1").replaceAll(from, to), "latin1"))
        onward.pipe(socket)
        for (const end of [socket, onward]) {
          end.on("error", () => undefined)
          end.once("close", () => void (socket.destroy(), onward.destroy()))
        }
      })
      server.listen(0, "127.0.0.1", () => {
        const { port } = server.address() as AddressInfo
        resume(Effect.succeed({ url: `http://127.0.0.1:${port}`, close: () => server.close() }))
      })
    }),
    ({ close }) => Effect.sync(close)
  )

describe("a proxy with a file", () => {
  it.live("serves the official SDK's core by its own key pair, project and all, under its own names alone", () =>
    Effect.gen(function* () {
      const { backups, requests } = yield* Simulator
      const proxy = yield* configured
      const { url } = yield* readyLine(proxy)
      const client = new ClientBuilder<HcClient>((client) => client)
        .withCredential(new BasicCredentials({ ak, sk }).withIamEndpoint(url))
        .withRegion({ id: "cn-north-4", endpoint: url, endpoints: [url] } as never)
        .build()
      const response = yield* Effect.promise(() =>
        client.sendRequest<SdkResponse>({
          method: "GET",
          url: "/v3/{project_id}/backups/{backup_id}",
          contentType: "application/json",
          queryParams: {},
          pathParams: { backup_id: backups.example },
          headers: {},
          data: {}
        })
      )
      assert.deepNestedPropertyVal(response, "backup.name", "backup_name")
      assert.lengthOf(yield* requests, 1)

      const described = (host: string) =>
        Effect.map(
          rawExchange(url, head("GET /-/openapi.json HTTP/1.1", `Host: ${host}`, "Connection: close")),
          (answer) => statusesOf(answer)[0]
        )
      assert.strictEqual(yield* described("cbr.example.org"), 200)
      assert.strictEqual(yield* described("localhost"), 421)
      assert.notInclude(proxy.output.stderr, sk)
    }).pipe(Effect.scoped, Effect.provide(simulatorLayer()))
  )

  it.live("lists backups for the official SDK's core as the cloud does, whatever it asks for", () =>
    Effect.gen(function* () {
      const { backups, requests } = yield* Simulator
      const { url } = yield* readyLine(yield* configured)
      // No project is given: the core looks it up at the proxy, with a signed body of {}.
      const client = new ClientBuilder<HcClient>((client) => client)
        .withCredential(new BasicCredentials({ ak, sk }).withIamEndpoint(url))
        .withRegion({ id: "cn-north-4", endpoint: url, endpoints: [url] } as never)
        .build()
      const listed = (queryParams: object) =>
        Effect.promise(() =>
          client.sendRequest<SdkResponse>({
            method: "GET",
            url: "/v3/{project_id}/backups",
            contentType: "application/json",
            queryParams,
            pathParams: {},
            headers: {}
          })
        ).pipe(
          Effect.map((answer) => {
            const { backups, count } = answer as never as { backups: ReadonlyArray<{ id: string }>; count: number }
            return { count, ids: backups.map(({ id }) => id) }
          })
        )
      const all = yield* listed({})
      assert.include(all.ids, backups.available)
      assert.strictEqual(all.count, all.ids.length)
      const page = yield* listed({ sort: "created_at:desc,id:desc", limit: 2, offset: 1 })
      assert.deepStrictEqual(page.ids.length, 2)
      const some = yield* listed({ status: ["available", "error"], show_replication: true })
      assert.include(some.ids, backups.available)
      assert.isBelow(some.ids.length, all.ids.length)
      const before = (yield* requests).length
      assert.deepStrictEqual(yield* listed({ status: ["error", "available"], show_replication: true }), some)
      assert.lengthOf(yield* requests, before, "the same list in another order is in the cache")
      assert.deepStrictEqual(yield* listed({ name: "夜间 备份&+=%" }), { count: 0, ids: [] })
      assert.deepStrictEqual(yield* listed({ resource_name: "服务器-一" }), { count: 0, ids: [] })
    }).pipe(Effect.scoped, Effect.provide(simulatorLayer()))
  )

  it.live("serves the program that README shows, as it is written there", () =>
    Effect.gen(function* () {
      const { backups, project_id } = yield* Simulator
      const { url } = yield* readyLine(yield* configured)
      const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8")
      const program = /```js\n(.*?)```/s.exec(readme)![1]!
      const folder = yield* temporaryFolder
      yield* written(folder, {
        "billing-sk": `${sk}\n`,
        "program.mjs": program.replace("http://127.0.0.1:8080", url)
      })
      yield* Effect.promise(() =>
        symlink(fileURLToPath(new URL("../../node_modules", import.meta.url)), `${folder}/node_modules`)
      )
      const { stdout } = yield* Effect.promise(() =>
        promisify(execFile)(process.execPath, ["program.mjs", project_id, backups.available], { cwd: folder })
      )
      assert.strictEqual(stdout, "autobk_1c2e available\n")
    }).pipe(Effect.scoped, Effect.provide(simulatorLayer()))
  )

  it.live("answers a batch that the core signs, and looks at none whose body was changed on the way", () =>
    Effect.gen(function* () {
      const { backups, project_id, requests } = yield* Simulator
      const proxy = yield* configured
      const { url } = yield* readyLine(proxy)
      const batchGet = (endpoint: string) =>
        Effect.tryPromise({
          try: () =>
            new ClientBuilder<HcClient>((client) => client)
              .withCredential(new BasicCredentials({ ak, sk, projectId: project_id }))
              .withEndpoint(endpoint)
              .build()
              .sendRequest<SdkResponse>({
                method: "POST",
                url: "/-/v1/backups:batchGet",
                contentType: "application/json",
                queryParams: {},
                pathParams: {},
                headers: {},
                data: { items: [backups.example, backups.tree].map((backup_id) => ({ project_id, backup_id })) }
              }),
          catch: (error) => error as { readonly httpStatusCode?: number; readonly errorCode?: string }
        })

      const hop = yield* changing(url, backups.tree, backups.available)
      const { errorCode, httpStatusCode } = yield* Effect.flip(batchGet(hop.url))
      assert.deepStrictEqual([httpStatusCode, errorCode], [401, "CbrProxy.Unauthenticated"])
      yield* logged(proxy, "SignatureMismatch")
      assert.lengthOf(yield* requests, 0)

      const answer = yield* batchGet(url)
      assert.deepNestedPropertyVal(answer, "items[0].status", 200)
      assert.deepNestedPropertyVal(answer, "items[1].body.backup.id", backups.tree)
      assert.lengthOf(yield* requests, 2)
    }).pipe(Effect.scoped, Effect.provide(simulatorLayer()))
  )
})
