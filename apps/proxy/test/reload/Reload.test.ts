import { writeFile } from "node:fs/promises"
import { Simulator } from "@cbr/simulator"
import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it, layer } from "@effect/vitest"
import { Context, Effect, Fiber, Metric, Queue } from "effect"
import { HttpClient } from "effect/http"
import { AdminServer } from "../../src/admin/AdminServer.ts"
import { Authenticator } from "../../src/callers/Authenticator.ts"
import { load, type Loaded } from "../../src/configuration/ConfigurationFile.ts"
import * as Metrics from "../../src/observability/Metrics.ts"
import { ActiveConfiguration } from "../../src/reload/ActiveConfiguration.ts"
import { type ConfigSnapshot, defaultConfiguration } from "../../src/reload/ConfigSnapshot.ts"
import { Reload } from "../../src/reload/Reload.ts"
import { Upstreams } from "../../src/upstream/Upstreams.ts"
import { body, cloud } from "../ConfiguredProcess.ts"
import { configuration, ConfigurationPath, keys, layer as configuredProxy, layerOf } from "../ConfiguredProxy.ts"
import { temporaryFolder, written } from "../TemporaryFolder.ts"
import { get, LogLines, pathOf } from "../TestProxy.ts"

const emptySnapshot: ConfigSnapshot = {
  configuration: defaultConfiguration,
  rules: Context.empty(),
  callers: Authenticator.make({}),
  upstreams: Upstreams.of({ of: () => undefined }),
  credentials: []
}

/** Writes the configuration anew, and has it read. */
const reloaded = Effect.fnUntraced(function* (text: string) {
  const file = yield* ConfigurationPath
  yield* Effect.promise(() => writeFile(file, text))
  yield* HttpClient.post(`${(yield* AdminServer).url}/reload`)
})

describe("the following of a file", () => {
  it.live("goes on after a defect in what follows from a configuration", () =>
    Effect.gen(function* () {
      const paths = yield* written(yield* temporaryFolder, {
        "proxy.yaml": "callers: {}\ncredentials: {}\nprojects: {}\n"
      })
      const file = paths["proxy.yaml"]
      const loaded = yield* load(file)
      const made = yield* Queue.unbounded<number>()
      const make = ({ configuration }: Loaded) =>
        Effect.flatMap(Queue.offer(made, configuration.limits.deadline_ms), () =>
          configuration.limits.deadline_ms === 1_000 ? Effect.die("a defect") : Effect.succeed(emptySnapshot)
        )
      yield* Effect.gen(function* () {
        for (const deadline of [1_000, 2_000]) {
          yield* Effect.promise(() =>
            writeFile(file, `callers: {}\ncredentials: {}\nprojects: {}\nlimits: { deadline_ms: ${deadline} }\n`)
          )
          assert.strictEqual(yield* Queue.take(made), deadline)
          // 1 while the file is not what is in force.
          const isRefused = deadline === 1_000 ? 1 : 0
          while ((yield* Metric.value(Metrics.configurationRejected)).value !== isRefused)
            yield* Effect.sleep("5 millis")
        }
      }).pipe(
        Effect.provide(Reload.layer(file, loaded, make)),
        Effect.provideService(Metric.MetricRegistry, new Map()),
        Effect.timeout("10 seconds")
      )
    }).pipe(
      Effect.scoped,
      Effect.provide(ActiveConfiguration.layer(Effect.succeed(emptySnapshot))),
      Effect.provide([NodeServices.layer, NodeCrypto.layerDigest])
    )
  )
})

layer(configuredProxy, { excludeTestServices: true })("a reload", (it) => {
  it.effect("that takes a refused edit back says that the configuration is the one in force", () =>
    Effect.gen(function* () {
      yield* reloaded("{")
      yield* reloaded(JSON.stringify(yield* configuration))
      const messages = (yield* LogLines).map((line) => (JSON.parse(line) as { readonly message: string }).message)
      const refused = messages.indexOf("the configuration is refused; the old one serves on")
      assert.include(messages.slice(refused), "the configuration is again the one in force")
    })
  )

  it.effect("that changes nothing but a region's endpoint leaves nothing of what the old one answered", () =>
    Effect.gen(function* () {
      const path = yield* pathOf((yield* Simulator).backups.available)
      const shown = Effect.map(get(path, { "x-auth-token": keys.owner }), ({ headers, text }) => ({
        isHit: headers["cache-status"]?.startsWith("cbr-proxy; hit"),
        text
      }))
      const first = yield* shown
      assert.deepStrictEqual(yield* shown, { isHit: true, text: first.text })

      const endpoint = yield* cloud((response) => response.end(body))
      const text = JSON.stringify({ ...(yield* configuration), regions: { "cn-north-4": { endpoint } } })
      yield* reloaded(text)
      assert.deepStrictEqual(yield* shown, { isHit: false, text: body })
      assert.deepStrictEqual(yield* shown, { isHit: true, text: body })
    })
  )
})

layer(layerOf({ limits: { deadline_ms: 200 } }), { excludeTestServices: true })("a long poll", (it) => {
  it.effect("that moves to another upstream after the request's own deadline is answered from there", () =>
    Effect.gen(function* () {
      const { callers, ...settings } = yield* configuration
      const owner = { ...callers.owner, scopes: ["read", "watch"] }
      const endpoint = yield* cloud((response) => response.end(body))
      const watching = { ...settings, callers: { ...callers, owner }, limits: { deadline_ms: 200 } }
      yield* reloaded(JSON.stringify(watching))
      const path = yield* pathOf((yield* Simulator).backups.available)
      const show = (headers: Readonly<Record<string, string>>) => get(path, { "x-auth-token": keys.owner, ...headers })
      const etag = (yield* show({})).headers["etag"]!
      const waiting = yield* Effect.forkChild(show({ "if-none-match": etag, prefer: "wait=30" }), {
        startImmediately: true
      })
      yield* Effect.sleep("400 millis")
      yield* reloaded(JSON.stringify({ ...watching, regions: { "cn-north-4": { endpoint } } }))
      const { status, text } = yield* Fiber.join(waiting)
      assert.deepStrictEqual([status, text], [200, body])
    })
  )
})
