import { layer as simulatorLayer, Simulator } from "@cbr/simulator"
import { assert, layer } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { commandLine, withAccessKey, withToken } from "../../CommandLine.ts"

layer(simulatorLayer(), { excludeTestServices: true })("cbr whoami", (it) => {
  const run = Effect.fnUntraced(function* (...words: ReadonlyArray<string>) {
    return yield* commandLine(words, { env: yield* withAccessKey })
  })

  it.effect("whoami shows each setting with those that it overrides, and no secret", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      const { err, exitCode, out } = yield* run("whoami", "--project-id", simulator.project_id, "--verify")
      assert.deepStrictEqual({ err, exitCode }, { err: "", exitCode: 0 })
      assert.match(out, /^Credential +AK SIMU\*\*\* +from environment/)
      assert.match(out, /^Project +\S+ +from --project-id\n +\S+ +from HUAWEICLOUD_SDK_PROJECT_ID, not used/m)
      assert.notInclude(out, simulator.ak)
      assert.strictEqual((yield* commandLine(["whoami"])).exitCode, 3)
    })
  )

  it.effect("whoami --verify names the user and the account: of a token by IAM, of a key by STS", () =>
    Effect.gen(function* () {
      const { domain, iam, user } = yield* Simulator
      const key = { ...(yield* withAccessKey), CBR_STS_ENDPOINT: iam }
      const byKey = yield* commandLine(["whoami", "--verify"], { env: key })
      assert.match(byKey.out, /^User +iam::\w+:user:developer \(\w+\)\nAccount +5f2d2c3b\w+$/m)
      const env = { ...(yield* withToken), CBR_IAM_ENDPOINT: iam }
      const byToken = yield* commandLine(["whoami", "--verify", "-o", "json"], { env })
      assert.deepInclude(JSON.parse(byToken.out), {
        user: { name: user, id: "7c6b5a493827160594837261504f3e2d", urn: null },
        account: { name: domain, id: "5f2d2c3b1a0948e7b6c5d4e3f2a1b0c9" },
        verified: true
      })
      const chinese = yield* commandLine(["whoami", "--verify", "--lang", "zh"], { env })
      assert.match(chinese.out, /^用户 +developer（\w+）\n账号 +simulated-domain（\w+）$/m)
    })
  )

  it.effect("whoami --verify shows a proxy's key to no IAM but one that is named", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      yield* simulator.clearRequests
      const env = { ...(yield* withToken), CBR_REGION: "cn-north-4" }
      const { exitCode, out } = yield* commandLine(["whoami", "--verify", "--retries", "0"], { env })
      assert.strictEqual(exitCode, 0)
      assert.match(out, /^User +unknown: the IAM of this endpoint is not set \(CBR_IAM_ENDPOINT\)\nAccount +unknown$/m)
      assert.lengthOf(yield* simulator.requests, 1)
    })
  )

  it.effect("whoami asks for a token by password where a call would", () =>
    Effect.gen(function* () {
      const { cbr, domain, iam, password, region, user } = yield* Simulator
      const env = {
        CBR_ENDPOINT: cbr,
        CBR_IAM_ENDPOINT: iam,
        CBR_REGION: region,
        OS_USERNAME: user,
        OS_PASSWORD: Redacted.value(password),
        OS_DOMAIN_NAME: domain,
        HUAWEICLOUD_SDK_REGION_IAM_CN_NORTH_4: "http://127.0.0.1:1"
      }
      const { err, exitCode, out } = yield* commandLine(["whoami"], { env })
      assert.deepStrictEqual({ err, exitCode }, { err: "", exitCode: 0 })
      assert.match(out, /^Credential +token \*\*\* +from environment, by password/)
    })
  )

  it.effect("whoami shows no password that stands in an address", () =>
    Effect.gen(function* () {
      for (const address of ["http://me:canary@proxy.example", "me:canary@proxy.example", "http://me:can@ary@proxy"]) {
        const { out } = yield* commandLine(["whoami", "--lang", "en"], {
          env: { CBR_TOKEN: "t", CBR_ENDPOINT: address, CBR_REGION: "cn-north-4" }
        })
        assert.match(out, /Endpoint +(?:http:\/\/)?\*\*\*@proxy/)
        assert.notInclude(out, "can")
      }
    })
  )
})
