import { join } from "node:path"
import { layer as simulatorLayer, Simulator } from "@cbr/simulator"
import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Effect, FileSystem, Layer, Redacted } from "effect"
import { commandLine, withAccessKey } from "../CommandLine.ts"

const missing = "00000000-0000-4000-8000-000000000000"

layer(Layer.merge(simulatorLayer(), NodeServices.layer), { excludeTestServices: true })("a profile", (it) => {
  /** A folder with two profiles for the simulator: one whose key is right, and one whose key is wrong. */
  const saved = Effect.fnUntraced(function* (mode = 0o600) {
    const { ak, cbr, project_id, sk } = yield* Simulator
    const files = yield* FileSystem.FileSystem
    const config = yield* files.makeTempDirectoryScoped()
    const place = { endpoint: cbr, project_id }
    const profiles = {
      right: { ...place, ak, sk: Redacted.value(sk) },
      wrong: { ...place, ak, sk: "not-the-secret" },
      north: { region: "cn-north-4" },
      agency: { ...place, agency: "readers", agency_domain: "acme" }
    }
    const file = join(config, "profiles.json")
    yield* files.writeFileString(file, JSON.stringify({ default: "wrong", profiles }))
    yield* files.chmod(file, mode)
    return config
  })

  it.effect("a profile of a flag overrides the environment, and one of CBR_PROFILE does not", () =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      const config = yield* saved()
      const run = (env: Record<string, string>, ...words: ReadonlyArray<string>) =>
        commandLine(["show", backups.example, "--query", "backup.status", "-o", "value", ...words], { env, config })
      const wrong = {
        HUAWEICLOUD_SDK_AK: "SOMEONEELSE",
        HUAWEICLOUD_SDK_SK: "another",
        CBR_ENDPOINT: "http://127.0.0.1:1",
        CBR_PROJECT_ID: "elsewhere"
      }
      const named = yield* run(wrong, "--profile", "right")
      assert.deepStrictEqual(named, { exitCode: 0, out: "available", err: "" })
      assert.strictEqual((yield* run(yield* withAccessKey, "--profile", "wrong")).exitCode, 4)
      assert.strictEqual((yield* run({ ...(yield* withAccessKey), CBR_PROFILE: "wrong" })).exitCode, 0)
      // A flag of its own goes before what the profile holds.
      assert.strictEqual(
        (yield* run(wrong, "--profile", "right", "--endpoint", "http://127.0.0.1:1", "--retries", "0")).exitCode,
        8
      )
    })
  )

  it.effect.each([
    { title: "a flag", words: ["--profile", "nobody"], env: {} },
    { title: "CBR_PROFILE", words: [], env: { CBR_PROFILE: "nobody" } }
  ])("is an error if $title names one that does not exist, whatever else is set", ({ env, words }) =>
    Effect.gen(function* () {
      const own = { ...(yield* withAccessKey), ...env }
      const config = yield* saved()
      for (const command of [["show", missing], ["whoami"], ["watch", missing], ["doctor"]]) {
        const { err, exitCode, out } = yield* commandLine([...command, ...words], { env: own, config })
        assert.deepStrictEqual({ exitCode, out }, { exitCode: 3, out: "" })
        assert.match(err, /profile cannot be used.*what: {2}nobody.*"nobody"; it has right, wrong, north, agency/s)
      }
      const checked = yield* commandLine(["check", missing, "--status", "available", ...words], { env: own, config })
      assert.strictEqual(checked.exitCode, 3)
      assert.match(checked.out, /^CBR UNKNOWN - profile cannot be used/)
    })
  )

  it.effect("a profile is shown by whoami with the settings that it overrides, and that override it", () =>
    Effect.gen(function* () {
      const { cbr } = yield* Simulator
      const config = yield* saved()
      const env = { ...(yield* withAccessKey), HUAWEICLOUD_SDK_AK: "SOMEONEELSE", CBR_ENDPOINT: "http://127.0.0.1:1" }
      const named = yield* commandLine(["whoami", "--profile", "right"], { env, config })
      assert.match(
        named.out,
        /^Credential +AK SIMU\*\*\* +from profile right\n +AK SOME\*\*\* +from environment, not used/
      )
      assert.match(
        named.out,
        new RegExp(`Endpoint +${cbr} +from profile right\n +http://127.0.0.1:1 +from CBR_ENDPOINT`)
      )
      const { err, out } = yield* commandLine(["whoami", "-o", "json"], { env, config })
      assert.strictEqual(err, "")
      assert.deepStrictEqual(JSON.parse(out).credential, {
        value: "AK SOME***",
        from: "environment",
        overrides: [{ value: "AK SIMU***", from: "profile wrong" }]
      })
    })
  )

  it.effect("a profile of a flag overrides the environment's addresses by its region, and a note says so", () =>
    Effect.gen(function* () {
      const env = { ...(yield* withAccessKey), CBR_IAM_ENDPOINT: "http://127.0.0.1:1" }
      const { err, out } = yield* commandLine(["whoami", "--profile", "north"], { env, config: yield* saved() })
      assert.match(out, /Endpoint +https:\/\/cbr\.cn-north-4\.myhuaweicloud\.com/)
      assert.strictEqual(err, "cbr: note: --profile was given, so CBR_ENDPOINT and CBR_IAM_ENDPOINT are not used")
    })
  )

  it.effect(
    "a profile that a flag names sends its password to no IAM of the environment, though its own address of CBR stands",
    () =>
      Effect.gen(function* () {
        const { backups, cbr, domain, iam, password, region, user, ...simulator } = yield* Simulator
        const files = yield* FileSystem.FileSystem
        const config = yield* files.makeTempDirectoryScoped()
        const work = { region, endpoint: cbr, user, password: Redacted.value(password), domain }
        yield* files.writeFileString(join(config, "profiles.json"), JSON.stringify({ profiles: { work } }), {
          mode: 0o600
        })
        yield* simulator.clearRequests
        const env = { CBR_IAM_ENDPOINT: iam, HUAWEICLOUD_SDK_REGION_IAM_CN_NORTH_4: "http://127.0.0.1:1" }
        const { err, exitCode } = yield* commandLine(["show", backups.example, "--profile", "work", "--retries", "0"], {
          env,
          config
        })
        assert.strictEqual(exitCode, 8)
        assert.include(err, "cbr: note: --profile was given, so CBR_IAM_ENDPOINT is not used")
        assert.deepStrictEqual(yield* simulator.requests, [])
      })
  )

  it.effect("a profile with an agency and no key uses no key of the environment", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      const options = { env: yield* withAccessKey, config: yield* saved() }
      yield* simulator.clearRequests
      for (const command of [["show", missing], ["whoami"]]) {
        const { err, exitCode, out } = yield* commandLine([...command, "--profile", "agency"], options)
        assert.deepStrictEqual({ exitCode, out }, { exitCode: 3, out: "" })
        assert.match(err, /why: +profile agency of \S+ has no token, no key and no password to assume its agency with/)
        const chinese = yield* commandLine([...command, "--profile", "agency", "--lang", "zh"], options)
        assert.match(chinese.err, /没有 Token、密钥和密码，因此无法使用其委托/)
      }
      const { exitCode, out } = yield* commandLine(["doctor", "--profile", "agency"], options)
      assert.strictEqual(exitCode, 3)
      assert.include(out, "to assume its agency with")
      assert.deepStrictEqual(yield* simulator.requests, [])
      // Where the environment goes first, its own key is in force, and whoami says what is not.
      const env = { ...options.env, CBR_PROFILE: "agency" }
      const { out: who } = yield* commandLine(["whoami"], { ...options, env })
      assert.match(who, /^Credential +AK SIMU\*\*\* +from environment\n +agency readers +from profile agency, not used/)
    })
  )

  it.effect("a profile that other users may change is not used, and is no error if no setting is missing", () =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      const config = yield* saved(0o666)
      const words = ["show", backups.example, "--query", "backup.status", "-o", "value"]
      const named = yield* commandLine([...words, "--profile", "right"], { config })
      assert.deepStrictEqual([named.exitCode, named.out], [3, ""])
      assert.match(
        named.err,
        /profile cannot be used[^]*can be changed by anyone \(0666\), and is not used: chmod 600 it/
      )
      const chinese = yield* commandLine([...words, "--profile", "right", "--lang", "zh"], { config })
      assert.match(chinese.err, /任何人都可以修改 \S+profiles\.json[^]*chmod 600/)
      const { exitCode, out } = yield* commandLine(words, { config, env: yield* withAccessKey })
      assert.deepStrictEqual([exitCode, out], [0, "available"])
    })
  )

  it.effect("a profile that other users may change is named as a reason where a setting is missing", () =>
    Effect.gen(function* () {
      const config = yield* saved(0o666)
      const { CBR_ENDPOINT: _, ...env } = yield* withAccessKey
      const { err, exitCode } = yield* commandLine(["show", missing], { config, env })
      assert.strictEqual(exitCode, 3)
      assert.match(err, /can be changed by anyone \(0666\)[^]*choose a profile with --profile/)
    })
  )

  it.effect("a profile that other users may read is noted once, in the form of errors", () =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      const config = yield* saved(0o644)
      const words = ["show", backups.example, backups.tree, "--profile", "right"]
      const text = yield* commandLine(words, { config })
      assert.match(
        text.err,
        /^cbr: note: \S+profiles\.json holds secrets and is open to others \(0644\): chmod 600 it$/
      )
      const chinese = yield* commandLine([...words, "--lang", "zh"], { config })
      assert.match(chinese.err, /^cbr: 注意：\S+profiles\.json 含有机密，却对他人开放（0644）：请执行 chmod 600$/)
      const data = yield* commandLine([...words, "-o", "json"], { config })
      assert.deepStrictEqual(Object.keys(JSON.parse(data.err)), ["kind", "message", "detail"])
      assert.strictEqual(JSON.parse(data.err).kind, "warning")
    })
  )
})
