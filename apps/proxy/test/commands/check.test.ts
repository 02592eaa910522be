import { readFileSync } from "node:fs"
import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { Command } from "effect/cli"
import { TestClock, TestConsole } from "effect/testing"
import { check } from "../../src/commands/check.ts"
import { keys } from "../../src/commands/keys.ts"
import { temporaryFolder, written } from "../TemporaryFolder.ts"

const platform = Layer.mergeAll(NodeServices.layer, NodeCrypto.layerDigest, NodeCrypto.layerSecureRandom)
const run = Command.runWith(Command.make("cbr-proxy").pipe(Command.withSubcommands([check, keys])), { version: "0" })
const lines = Effect.map(TestConsole.logLines, (lines) => lines.map(String))
const pem = (name: string) => readFileSync(new URL(`../fixtures/${name}.pem`, import.meta.url), "utf8")

const noCaller = "callers: {}\ncredentials: {}\nprojects: {}\n"
const configured = Effect.fnUntraced(function* (text: string, files: Readonly<Record<string, string>> = {}) {
  const { "proxy.yaml": file } = yield* written(yield* temporaryFolder, { ...files, "proxy.yaml": text })
  return file
})

/** What `check` finds wrong, and that it fails with 1. */
const faultsOf = (...args: ReadonlyArray<string>) =>
  Effect.map(Effect.flip(run(["check", ...args])), (error) => {
    assert.strictEqual(error._tag === "StartupError" ? error.exitCode : undefined, 1)
    return error.message.split("\n")
  })

describe("cbr-proxy check", () => {
  it.effect("says that a good configuration is good", () =>
    Effect.gen(function* () {
      const file = yield* configured(`keys_file: keys.json\n${noCaller}`)
      yield* run(["check", file])
      assert.deepStrictEqual(yield* lines, [`${file}: valid (callers: 0, keys in a file: 0, projects: 0)`])
    }).pipe(Effect.scoped, Effect.provide(platform))
  )

  it.effect("the check warns of a caller without a key, and prints the command that makes one", () =>
    Effect.gen(function* () {
      const callers = 'callers: { billing: { projects: "*" } }\ncredentials: {}\nprojects: {}\n'
      const file = yield* configured(`keys_file: keys.json\n${callers}`)
      yield* run(["check", file])
      assert.deepStrictEqual(yield* TestConsole.errorLines, [
        `${file}:2:12: callers.billing: warning: this caller has no key yet; make one with \`cbr-proxy keys create --config ${file} --caller billing\``
      ])
      const [, command = ""] = /`cbr-proxy (.*)`/.exec(String((yield* TestConsole.errorLines)[0])) ?? []
      yield* run(command.split(" "))
      yield* run(["check", file])
      assert.lengthOf(yield* TestConsole.errorLines, 1)
      yield* run(["check", yield* configured(callers)])
      assert.include(String((yield* TestConsole.errorLines).at(-1)), "or name a keys_file")
    }).pipe(Effect.scoped, Effect.provide(platform))
  )

  it.effect("lists the faults of a bad one, and fails with 1", () =>
    Effect.gen(function* () {
      const file = yield* configured(`${noCaller}listen: { prot: 1 }\n`)
      assert.deepStrictEqual(yield* faultsOf(file), [`${file}:4:11: listen.prot: unknown setting; did you mean port?`])
    }).pipe(Effect.scoped, Effect.provide(platform))
  )

  it.effect("the check prints its warnings after the faults, wherever in the file they are", () =>
    Effect.gen(function* () {
      const file = yield* configured(
        'callers: { billing: { projects: "*" } }\ncredentials: {}\nprojects: {}\nlisen: {}\nlimits: { deadline_ms: 6000, longest_deadline_ms: 5000 }\n'
      )
      const [fault, ...warnings] = yield* faultsOf(file)
      assert.strictEqual(fault, `${file}:4:1: lisen: unknown setting; did you mean listen?`)
      assert.isNotEmpty(warnings)
      for (const line of warnings) assert.include(line, ": warning: ")
    }).pipe(Effect.scoped, Effect.provide(platform))
  )

  it.effect("refuses one port for callers and operators, unless their addresses differ", () =>
    Effect.gen(function* () {
      const file = yield* configured(`${noCaller}listen: { port: 9090 }\n`)
      assert.deepStrictEqual(yield* faultsOf(file), [
        `${file}:1:1: admin.port: the same as listen.port, so the proxy cannot listen on both`
      ])
      yield* run(["check", yield* configured(`${noCaller}listen: { port: 9090, host: "127.0.0.2" }\n`)])
      const everywhere = `${noCaller}listen: { port: 9090, host: 0.0.0.0, behind_tls: true }\n`
      assert.lengthOf(yield* faultsOf(yield* configured(everywhere)), 1)
      yield* run(["check", yield* configured(`${everywhere}admin: { host: "::1" }\n`)])
      yield* run(["check", yield* configured(`${noCaller}listen: { port: 9090 }\nadmin: { enabled: false }\n`)])
    }).pipe(Effect.scoped, Effect.provide(platform))
  )

  it.effect("finds all that keeps the proxy from starting, in one run", () =>
    Effect.gen(function* () {
      const file = yield* configured(
        `callers: {}
credentials: { c: { type: token, token_file: token } }
projects: { p: { region: cn-nroth-4, credentials: [c] } }
listen: { host: 0.0.0.0, reuse_port: true }
lisen: {}
`,
        { token: "two\n\n" }
      )
      assert.deepStrictEqual(
        (yield* faultsOf(file)).map((line) => line.slice(file.length).split(": ").slice(0, 2).join(" ")),
        [
          ":2:34 credentials.c.token_file",
          ":3:18 projects.p.region",
          ":4:11 listen.host",
          ":4:26 listen.reuse_port",
          ":5:1 lisen"
        ]
      )
    }).pipe(Effect.scoped, Effect.provide(platform))
  )

  it.effect("takes an address for other machines with TLS, or where something in front ends it", () =>
    Effect.gen(function* () {
      const open = yield* configured(`${noCaller}listen: { host: 0.0.0.0 }\n`)
      const [line] = yield* faultsOf(open)
      assert.include(line, `${open}:4:11: listen.host: other machines could reach this address`)
      yield* run(["check", "--behind-tls", open])
      yield* run(["check", yield* configured(`${noCaller}listen: { host: 0.0.0.0, behind_tls: true }\n`)])
      const files = { "cert.pem": pem("self-signed.cert"), "key.pem": pem("self-signed.key") }
      const tls = `${noCaller}listen: { host: 0.0.0.0, tls: { cert_file: cert.pem, key_file: key.pem } }\n`
      yield* TestClock.setTime(Date.UTC(2030, 0, 1))
      yield* run(["check", yield* configured(tls, files)])
      assert.lengthOf(yield* lines, 3)
      assert.isFalse((yield* TestConsole.errorLines).some((line) => String(line).includes("warning")))
    }).pipe(Effect.scoped, Effect.provide(platform))
  )

  it.effect("warns of a certificate that has ended", () =>
    Effect.gen(function* () {
      const files = { "cert.pem": pem("self-signed.cert"), "key.pem": pem("self-signed.key") }
      const file = yield* configured(`${noCaller}listen: { tls: { cert_file: cert.pem, key_file: key.pem } }\n`, files)
      yield* TestClock.setTime(Date.UTC(2127, 0, 1))
      for (const args of [[file], ["--without-secrets", file]]) {
        yield* run(["check", ...args])
        const warning = String((yield* TestConsole.errorLines).at(-1))
        assert.include(warning, `${file}:4:18: listen.tls.cert_file: warning: the certificate ended at 2126-10-30T`)
      }
    }).pipe(Effect.scoped, Effect.provide(platform))
  )

  it.effect("looks at everything else where the secrets cannot be read", () =>
    Effect.gen(function* () {
      const text = `keys_file: none/keys.json
callers: { billing: { projects: [p], access_keys: [{ ak: EXAMPLEKEY000001, sk_file: /root/none }] } }
credentials: { c: { type: token, token_file: none }, d: { type: environment }, e: { type: token, token_command: [none] } }
projects: { p: { region: cn-north-4, credentials: [c, d] } }
listen: { tls: { cert_file: cert.pem, key_file: none } }
redis: { url: redis://127.0.0.1, password_env: NONE, sealing_keys: [{ id: k, key_file: none }] }
`
      yield* TestClock.setTime(Date.UTC(2030, 0, 1))
      const file = yield* configured(text, { "cert.pem": pem("self-signed.cert") })
      assert.lengthOf(yield* faultsOf(file), 7)
      yield* run(["check", "--without-secrets", file])
      assert.deepStrictEqual(yield* lines, [`${file}: valid (callers: 1, projects: 1, secrets not looked at)`])
      const wrong = yield* configured(text.replace("cn-north-4", "cn-nroth-4"))
      assert.deepStrictEqual(
        (yield* faultsOf("--without-secrets", wrong)).map((line) => line.slice(wrong.length).split(": ")[1]),
        ["projects.p.region", "listen.tls.cert_file"]
      )
    }).pipe(Effect.scoped, Effect.provide(platform))
  )
})
