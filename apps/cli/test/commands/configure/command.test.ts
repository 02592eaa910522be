import { join } from "node:path"
import { setImmediate } from "node:timers/promises"
import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Effect, Fiber, FileSystem } from "effect"
import { TestClock } from "effect/testing"
import { commandLine } from "../../CommandLine.ts"

layer(NodeServices.layer)("cbr configure", (it) => {
  const folder = Effect.flatMap(FileSystem.FileSystem, (files) => files.makeTempDirectoryScoped())

  const saved = Effect.fnUntraced(function* (config: string) {
    const files = yield* FileSystem.FileSystem
    const file = join(config, "profiles.json")
    return (yield* files.exists(file)) ? (JSON.parse(yield* files.readFileString(file)) as unknown) : undefined
  })

  it.effect.each([
    { words: ["--region", "mars"], says: /"mars" is not a region id/ },
    { words: ["--region", "cn-north-99"], says: /cn-north-99 is not a region that is known/ },
    {
      words: ["--region", "cn-north-4"],
      env: { HUAWEICLOUD_SDK_REGIONS_FILE: "/nowhere.yaml" },
      says: /nowhere\.yaml cannot be read/
    },
    { words: ["--endpoint", "cbr.example"], says: /endpoint must be an address/ },
    { words: ["--region", "cn-north-4", "--project-id", "a b"], says: /it is not a project id/ },
    { words: ["--ak", "", "--secret-stdin"], stdin: "s", says: /it is not an access key id/ },
    { words: ["--ak", "http://127.0.0.1:1", "--secret-stdin"], stdin: "s", says: /it is not an access key id/ },
    { words: ["--ak", "AK", "--secret-stdin"], stdin: " \n", says: /standard input\n.*the secret is empty/ },
    { words: ["--ak", "AK", "--secret-stdin"], stdin: "AK\nsecret-canary\n", says: /more than a secret/ },
    { words: ["--token-stdin"], stdin: "s".repeat(70_000), says: /it is too long for a secret: more than 65536 bytes/ },
    { words: ["--token-stdin"], stdin: "", says: /the secret is empty/ },
    { words: ["--token-stdin"], stdin: '"secret-canary"\n', says: /standard input stands in quotation marks/ },
    { words: ["--token-stdin"], stdin: "secret-\u200bcanary", says: /holds the invisible character U\+200B/ },
    { words: ["--ak", '"AK"', "--secret-stdin"], stdin: "s", says: /--ak stands in quotation marks: take them away/ },
    { words: ["--token-stdin", "--secret-stdin", "--ak", "AK"], stdin: "s", says: /exclude each other/ },
    { words: ["--token-stdin", "--ak", "AK"], stdin: "s", says: /a profile has one credential/ },
    { words: ["--secret-stdin", "--region", "cn-north-4"], stdin: "s", says: /--secret-stdin needs --ak/ },
    { words: ["--ak", "AK"], says: /no terminal to ask/ },
    { words: [], says: /nothing to save/ },
    { words: ["", "--region", "cn-north-4"], says: /a profile needs a name/ },
    { words: ["work", "--profile", "home", "--region", "cn-north-4"], says: /two names were given/ }
  ])("$words is wrong use, and nothing is saved", ({ env = {}, says, stdin = "", words }) =>
    Effect.gen(function* () {
      const config = yield* folder
      for (const language of ["en", "zh"]) {
        const options = { config, stdin, env: { CBR_LANG: language, ...env } }
        const { err, exitCode, out } = yield* commandLine(["configure", ...words], options)
        assert.deepStrictEqual({ exitCode, out }, { exitCode: 2, out: "" })
        if (language === "en") assert.match(err, says)
        else assert.match(err, /退出码 2[^]*原因：[^\n]*\p{sc=Han}/u)
        assert.notInclude(err, "secret-canary")
        assert.isUndefined(yield* saved(config))
      }
    })
  )

  it.effect.each([
    {
      lang: "en",
      says: ["not a region id", "it is not a project id", "not an access key id", "the secret is empty", "more than a"]
    },
    {
      lang: "zh",
      says: ["不是 cn-north-4 这样的区域", "它不是项目 ID", "它不是访问密钥 ID", "没有机密", "除机密外还有其他内容"]
    }
  ])("checks each answer before it asks for the next, in $lang", ({ lang, says }) =>
    Effect.gen(function* () {
      const config = yield* folder
      // What is refused stands there still, to be mended.
      const answers = ["mars", "\b\b\b\bcn-north-4", "a b", "\b\bb", "A K", "\b\bK", " ", "s s", "\b\bs"]
      // And no call, which is offered at the end.
      const typed = [...answers, "n"]
      const { err, exitCode } = yield* commandLine(["configure", "--lang", lang], { config, typed })
      assert.strictEqual(exitCode, 0, err)
      assert.deepStrictEqual(yield* saved(config), {
        default: "default",
        profiles: { default: { region: "cn-north-4", project_id: "ab", ak: "AK", sk: "ss" } }
      })
      for (const said of says) assert.include(err, said)
    })
  )

  it.effect("cbr configure saves the times that flags give, and leaves the rest of the profile", () =>
    Effect.gen(function* () {
      const config = yield* folder
      const configure = (...words: ReadonlyArray<string>) =>
        commandLine(["configure", ...words], { config, env: { CBR_CALL_TIMEOUT: "45s" } })
      assert.strictEqual((yield* configure()).exitCode, 2)
      assert.strictEqual((yield* configure("--region", "cn-north-4")).exitCode, 0)
      assert.strictEqual((yield* configure("--timeout", "600s")).exitCode, 0)
      assert.deepStrictEqual(yield* saved(config), {
        default: "default",
        profiles: { default: { region: "cn-north-4", timeout: "10m", call_timeout: "45s" } }
      })
    })
  )

  it.effect("cbr configure changes the given half, place or credential, and keeps the other", () =>
    Effect.gen(function* () {
      const config = yield* folder
      const run = (words: ReadonlyArray<string>, stdin: string | Uint8Array = "", env: Record<string, string> = {}) =>
        Effect.map(commandLine(["configure", "work", ...words], { config, stdin, env }), ({ exitCode }) =>
          assert.strictEqual(exitCode, 0)
        )
      const only = (profile: object) => ({ default: "work", profiles: { work: profile } })
      yield* run(["--region", "cn-north-4", "--project-id", "p1", "--ak", "A", "--secret-stdin"], "first\n")
      yield* run(["--ak", "B", "--secret-stdin"], "second")
      assert.deepStrictEqual(
        yield* saved(config),
        only({ region: "cn-north-4", project_id: "p1", ak: "B", sk: "second" })
      )
      // The project was of the region before.
      yield* run(["--region", "cn-south-1"])
      assert.deepStrictEqual(yield* saved(config), only({ region: "cn-south-1", ak: "B", sk: "second" }))
      yield* run(["--token-stdin"], Buffer.from("\ufefftok\r\n", "utf16le"))
      assert.deepStrictEqual(yield* saved(config), only({ region: "cn-south-1", token: "tok" }))
    })
  )

  it.effect(
    "cbr configure saves no address of the environment, and notes that it overrides the profile, with the next step",
    () =>
      Effect.gen(function* () {
        const config = yield* folder
        const env = { CBR_ENDPOINT: "http://127.0.0.1:1" }
        const typed = ["cn-north-4", "", "AK", "secret", "n"]
        const rows = [
          [[], { typed }],
          [["--region", "cn-north-4", "--token-stdin"], { stdin: "tok" }]
        ] as const
        for (const [words, options] of rows) {
          const { err, exitCode } = yield* commandLine(["configure", ...words], { config, env, ...options })
          assert.strictEqual(exitCode, 0, err)
          assert.notInclude(JSON.stringify(yield* saved(config)), "127.0.0.1")
          assert.include(err, "cbr: note: CBR_ENDPOINT is set, and overrides default unless --profile names it")
          assert.match(err, /cbr: next: cbr whoami --verify --profile default$/)
        }
      })
  )

  it.effect.each([
    { words: ["--region", "cn-north-4", "--token-stdin"], next: "cbr whoami --verify" },
    { words: ["other", "--region", "cn-north-4", "--token-stdin"], next: "cbr whoami --verify --profile other" },
    { words: ["new", "--region", "cn-north-4"], next: "cbr configure new --ak AK --secret-stdin" },
    { words: ["bare", "--token-stdin"], next: "cbr configure bare --region REGION" }
  ])("says the next step: $next", ({ next, words }) =>
    Effect.gen(function* () {
      const config = yield* folder
      yield* commandLine(["configure", "--region", "cn-north-4", "--token-stdin"], { config, stdin: "first" })
      const { err } = yield* commandLine(["configure", ...words], { config, stdin: "tok" })
      assert.strictEqual(err.split("\n").at(-1), `cbr: next: ${next}`)
    })
  )

  it.effect(
    "cbr configure names the credential and the region that a verification was refused for, and how to correct the profile",
    () =>
      Effect.gen(function* () {
        const config = yield* folder
        const words = [
          "work",
          "--region",
          "cn-north-4",
          "--endpoint",
          "http://127.0.0.1:1",
          "--token-stdin",
          "--verify"
        ]
        for (const [lang, what, next] of [
          ["en", "the credential in cn-north-4", "the profile work is saved; correct it with `cbr configure work`"],
          ["zh", "cn-north-4 的凭证", "用 `cbr configure work` 更正"]
        ] as const) {
          const env = { CBR_RETRIES: "0", CBR_LANG: lang }
          const { err, exitCode } = yield* commandLine(["configure", ...words], { config, env, stdin: "tok" })
          assert.notStrictEqual(exitCode, 0)
          assert.include(err, what)
          assert.include(err, next)
          assert.notInclude(err, "00000000")
        }
      })
  )

  it.effect("cbr configure saves nothing of the environment alone", () =>
    Effect.gen(function* () {
      const config = yield* folder
      const env = { CBR_ENDPOINT: "http://127.0.0.1:1", CBR_REGION: "cn-north-4" }
      const { err, exitCode } = yield* commandLine(["configure"], { config, env })
      assert.strictEqual(exitCode, 2)
      assert.include(err, "nothing to save")
      assert.isUndefined(yield* saved(config))
    })
  )

  it.effect("cbr configure saves no address of the environment, with --region or without, and says so", () =>
    Effect.gen(function* () {
      const config = yield* folder
      const env = { CBR_ENDPOINT: "http://127.0.0.1:1" }
      const { err } = yield* commandLine(["configure", "--region", "cn-north-4"], { config, env })
      assert.include(err, "cbr: note: CBR_ENDPOINT is set, and overrides default unless --profile names it")
      assert.deepStrictEqual(yield* saved(config), {
        default: "default",
        profiles: { default: { region: "cn-north-4" } }
      })
      // Nor without one: it was not given to be saved.
      yield* commandLine(["configure", "other", "--project-id", "p"], { config, env })
      assert.deepNestedInclude(yield* saved(config), { "profiles.other": { project_id: "p" } })
    })
  )

  it.effect("cbr configure saves under the name of --profile or CBR_PROFILE", () =>
    Effect.gen(function* () {
      const config = yield* folder
      yield* commandLine(["configure", "--profile", "a", "--region", "cn-north-4"], { config })
      const env = { CBR_PROFILE: "b" }
      yield* commandLine(["configure", "--region", "cn-south-1"], { config, env })
      assert.deepStrictEqual(yield* saved(config), {
        default: "a",
        profiles: { a: { region: "cn-north-4" }, b: { region: "cn-south-1" } }
      })
    })
  )

  it.effect.each([
    {
      lang: "en",
      says: /another cbr process has locked them[^]*run it again; if no other cbr is running, delete \S+\.lock/
    },
    { lang: "zh", says: /另一个 cbr 正在修改配置[^]*请先删除 \S+\.lock/ }
  ])("saves nothing while another process has the lock, and says so in $lang", ({ lang, says }) =>
    Effect.gen(function* () {
      const config = yield* folder
      const files = yield* FileSystem.FileSystem
      yield* files.writeFileString(join(config, "profiles.json.lock"), "")
      const words = ["configure", "--region", "cn-north-4", "--lang", lang]
      const saving = yield* Effect.forkChild(commandLine(words, { config }))
      while (saving.pollUnsafe() === undefined) {
        yield* Effect.promise(() => setImmediate())
        yield* TestClock.adjust("50 millis")
      }
      const { err, exitCode } = yield* Fiber.join(saving)
      assert.strictEqual(exitCode, 3)
      assert.match(err, says)
      assert.isUndefined(yield* saved(config))
    })
  )

  it.effect("cbr configure changes no file that it cannot read", () =>
    Effect.gen(function* () {
      const config = yield* folder
      const files = yield* FileSystem.FileSystem
      const file = join(config, "profiles.json")
      yield* files.writeFileString(file, "{", { mode: 0o600 })
      const { err, exitCode } = yield* commandLine(["configure", "--region", "cn-north-4"], { config })
      assert.strictEqual(exitCode, 3)
      assert.match(err, /profiles cannot be read[^]*is not JSON[^]*correct the file/)
      assert.strictEqual(yield* files.readFileString(file), "{")
    })
  )

  it.effect("cbr configure fails with a reason if it can make no folder", () =>
    Effect.gen(function* () {
      const config = "/proc/.config/cbr"
      const { err, exitCode } = yield* commandLine(["configure", "--region", "cn-north-4"], { config })
      assert.strictEqual(exitCode, 3)
      assert.match(
        err,
        /profiles cannot be saved[^]*what: +\/proc\/\.config\/cbr\/profiles\.json[^]*why: +no folder can be made there\n.*XDG_CONFIG_HOME/
      )
    })
  )
})
