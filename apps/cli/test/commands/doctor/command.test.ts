import { layerNodeHttp } from "@cbr/client/node"
import { Fault, layer as simulatorLayer, Simulator } from "@cbr/simulator"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { commandLine, withAccessKey } from "../../CommandLine.ts"
import { behindPrivateAuthority, privateAuthority, proxyPort } from "../../PrivateNetwork.ts"

layer(simulatorLayer(), { excludeTestServices: true })("cbr doctor", (it) => {
  const run = Effect.fnUntraced(function* (...words: ReadonlyArray<string>) {
    return yield* commandLine(words, { env: yield* withAccessKey })
  })

  const atDate = Effect.fnUntraced(function* (date: string, ...words: ReadonlyArray<string>) {
    const { inject } = yield* Simulator
    yield* inject(Fault.Answer({ status: 404, headers: { date } }), { on: "cbr" })
    return yield* run("doctor", ...words)
  })

  it.effect("doctor passes a clock that is 20 minutes off, which the client corrects", () =>
    Effect.gen(function* () {
      const date = new Date(Date.now() - 20 * 60_000).toUTCString()
      const { exitCode, out } = yield* atDate(date)
      assert.match(
        out,
        /✓ +Clock +the service is 1(?:19\d|20\d) s behind this machine; the client corrects it: it signs/
      )
      assert.strictEqual(exitCode, 0)
      assert.match(
        (yield* atDate(date, "--lang", "zh")).out,
        /时钟 +服务的时间比本机慢 1(?:19\d|20\d) 秒；客户端会自行校正/
      )
    })
  )

  it.effect("doctor and whoami --verify accept the refusal of an unknown id as proof of the credential", () =>
    Effect.gen(function* () {
      const { inject } = yield* Simulator
      const on = { backup_id: "00000000-0000-4000-8000-000000000000" }
      for (const message of ["BackupService.9900", "Malformed request url"]) {
        const status = message.startsWith("Malformed") ? 401 : 400
        const body = JSON.stringify(
          status === 400 ? { error_code: message } : { unauthorized: { code: "401", message } }
        )
        yield* inject(Fault.Answer({ status, body }), { on, times: 2 })
        assert.match((yield* run("doctor")).out, /✓ +Call/)
        assert.strictEqual((yield* run("whoami", "--verify")).exitCode, 0)
      }
    })
  )

  it.effect("doctor ignores an implausible date of the service", () =>
    Effect.gen(function* () {
      const { exitCode, out } = yield* atDate("Thu, 01 Jan 1970 00:00:07 GMT")
      assert.match(out, /- +Clock +the endpoint sends no plausible date/)
      assert.strictEqual(exitCode, 0)
    })
  )

  it.effect("doctor passes each step, and advises at the one that fails", () =>
    Effect.gen(function* () {
      const well = yield* run("doctor")
      assert.strictEqual(well.exitCode, 0)
      assert.notInclude(well.out, "✗")
      const ill = yield* run("doctor", "--endpoint", "http://127.0.0.1:1")
      assert.strictEqual(ill.exitCode, 8)
      assert.match(ill.out, /✗ +TCP +ECONNREFUSED → check firewall/)
    })
  )

  it.effect("doctor fails where the call went past the proxy that HTTPS_PROXY names", () =>
    Effect.gen(function* () {
      const proxy = `127.0.0.1:${yield* proxyPort}`
      const caFile = privateAuthority("ca.cert.pem")
      const env = {
        ...(yield* withAccessKey),
        CBR_ENDPOINT: yield* behindPrivateAuthority,
        CBR_CA_FILE: caFile,
        HTTPS_PROXY: `http://user:canary@${proxy}`
      }
      const straight = Layer.orDie(layerNodeHttp({ caFile }))
      const past = yield* commandLine(["doctor"], { env, transport: straight })
      assert.strictEqual(past.exitCode, 1)
      assert.include(past.out, `the credential is accepted, but the call did not go through ${proxy}`)
      assert.notInclude(past.out, "canary")
      const inChinese = yield* commandLine(["doctor", "--lang", "zh"], { env, transport: straight })
      assert.include(inChinese.out, `凭证被接受，但调用未经由 ${proxy}`)
      const by = Layer.orDie(layerNodeHttp({ caFile, httpsProxy: Redacted.make(env.HTTPS_PROXY) }))
      const through = yield* commandLine(["doctor"], { env, transport: by })
      assert.strictEqual(through.exitCode, 0, through.out)
      assert.include(through.out, `the credential is accepted; the call went through ${proxy}`)
    })
  )
})
