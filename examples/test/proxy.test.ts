import { execFile, spawn } from "node:child_process"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { layer as simulator, Simulator } from "@cbr/simulator"
import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer, Redacted } from "effect"

const path = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url))

/** A `cbr-proxy` before the simulated cloud. */
class CbrProxy extends Context.Service<CbrProxy, { readonly url: string; readonly key: string }>()("test/CbrProxy") {
  static readonly layer = Layer.effect(
    CbrProxy,
    Effect.gen(function* () {
      const { ak, cbr, sk } = yield* Simulator
      const child = yield* Effect.acquireRelease(
        Effect.sync(() =>
          spawn(process.execPath, [path("apps/proxy/src/main.ts"), "--port", "0"], {
            env: { CBR_ENDPOINT: cbr, HUAWEICLOUD_SDK_AK: ak, HUAWEICLOUD_SDK_SK: Redacted.value(sk) },
            stdio: ["ignore", "pipe", "ignore"]
          })
        ),
        (child) =>
          Effect.callback<void>((resume) => {
            if (child.exitCode !== null) return resume(Effect.void)
            child.on("exit", () => resume(Effect.void))
            child.kill()
          })
      )
      return yield* Effect.promise(async () => {
        for await (const line of createInterface({ input: child.stdout })) return JSON.parse(line) as never
        throw new Error("the proxy ended before it was ready")
      })
    })
  )
}

const run = Effect.fnUntraced(function* (command: string, words: ReadonlyArray<string>, backupId: string) {
  const { project_id } = yield* Simulator
  const { key, url } = yield* CbrProxy
  return yield* Effect.callback<{ readonly code: number; readonly out: string }>((resume) => {
    const env = { PATH: process.env["PATH"], CBR_PROXY_URL: url, CBR_PROXY_KEY: key }
    execFile(command, [...words, project_id, backupId], { env }, (error, stdout, stderr) =>
      resume(Effect.succeed({ code: error === null ? 0 : Number(error.code), out: stdout + stderr }))
    )
  })
})

layer(CbrProxy.layer.pipe(Layer.provideMerge(simulator())), { excludeTestServices: true })(
  "the examples of the proxy",
  (it) => {
    it.effect("the Node example prints the backup's status, and the problem of one that is not there", () =>
      Effect.gen(function* () {
        const { backups, faults } = yield* Simulator
        const example = path("examples/proxy/showBackup.ts")
        assert.deepStrictEqual(yield* run(process.execPath, [example], backups.available), {
          code: 0,
          out: "autobk_1c2e is available\n"
        })
        const missing = yield* run(process.execPath, [example], faults.not_found)
        assert.strictEqual(missing.code, 1)
        assert.match(missing.out, /^backup not found: CBR answered 404/)
      })
    )
  }
)
