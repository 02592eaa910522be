import { join } from "node:path"
import { layer as simulatorLayer, Simulator } from "@cbr/simulator"
import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Effect, FileSystem, Layer, Redacted } from "effect"
import { commandLine, withAccessKey } from "../CommandLine.ts"

const id = "6df2b54c-dd62-4059-a07c-1b8f24f2725d"
const subProject = "cn-north-4_research"

const cloud = simulatorLayer({
  fixtures: [
    { project_id: subProject, backup_id: id, body: JSON.stringify({ backup: { id, name: "of the sub-project" } }) }
  ]
})

layer(Layer.merge(cloud, NodeServices.layer), { excludeTestServices: true })("where a call goes", (it) => {
  /** A folder with this profile alone. */
  const saved = Effect.fnUntraced(function* (profile: object) {
    const files = yield* FileSystem.FileSystem
    const config = yield* files.makeTempDirectoryScoped()
    yield* files.writeFileString(join(config, "profiles.json"), JSON.stringify({ profiles: { only: profile } }), {
      mode: 0o600
    })
    return config
  })

  const ofCloud = (region: string) => `https://cbr.${region}.myhuaweicloud.com`

  const rows: ReadonlyArray<
    readonly [
      title: string,
      word: string,
      given: {
        readonly env?: Record<string, string>
        readonly words?: ReadonlyArray<string>
        readonly profile?: object
      },
      origin: string | undefined
    ]
  > = [
    [
      "its address of CBR_ENDPOINT, where CBR_REGION says that it is",
      "cn-north-4",
      { env: { CBR_REGION: "cn-north-4" } },
      "CLOUD"
    ],
    [
      "nowhere, where CBR_REGION says that CBR_ENDPOINT is another's",
      "ap-southeast-1",
      { env: { CBR_REGION: "cn-north-4" } },
      undefined
    ],
    ["nowhere, where nothing says whose CBR_ENDPOINT is", "ap-southeast-1", {}, undefined],
    [
      "its own address, where CBR_ENDPOINT is that of another region of the cloud",
      "cn-south-1",
      { env: { CBR_ENDPOINT: ofCloud("cn-north-4") } },
      ofCloud("cn-south-1")
    ],
    [
      "its own address by CBR_ENDPOINT, whatever CBR_REGION says",
      "cn-south-1",
      { env: { CBR_ENDPOINT: ofCloud("cn-south-1"), CBR_REGION: "cn-north-4" } },
      ofCloud("cn-south-1")
    ],
    ["the address of --endpoint", "ap-southeast-1", { words: ["--endpoint", "CLOUD"] }, "CLOUD"],
    [
      "nowhere, where --endpoint is that of another region of the cloud",
      "cn-south-1",
      { words: ["--endpoint", ofCloud("cn-north-4")] },
      undefined
    ],
    [
      "its own address, where --region leaves CBR_ENDPOINT out",
      "cn-south-1",
      { words: ["--region", "cn-north-4"] },
      ofCloud("cn-south-1")
    ],
    [
      "the profile's address, where the profile is of it",
      "cn-north-4",
      { env: { CBR_ENDPOINT: "" }, profile: { region: "cn-north-4", endpoint: "CLOUD" } },
      "CLOUD"
    ],
    [
      "nowhere, where the profile's address is another's, with a key that no cloud is to see",
      "cn-south-1",
      { env: { CBR_ENDPOINT: "" }, profile: { region: "cn-north-4", endpoint: "CLOUD" } },
      undefined
    ]
  ]
  it.effect.each(rows)("a backup that names its region is asked for at %s", ([, region, given, origin]) =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      const { cbr, project_id } = simulator
      const filled = (text: string) => text.replace("CLOUD", cbr)
      yield* simulator.clearRequests
      const env = { ...(yield* withAccessKey), ...given.env }
      const config = yield* saved(JSON.parse(filled(JSON.stringify(given.profile ?? {}))) as object)
      // As an address it names the same.
      for (const word of [`${region}/${project_id}/${id}`, `${ofCloud(region)}/v3/${project_id}/backups/${id}`]) {
        const { err, exitCode, out } = yield* commandLine(
          ["show", word, "--dry-run", "-o", "json", ...(given.words ?? []).map(filled)],
          { env, config }
        )
        if (origin === undefined) {
          assert.deepStrictEqual([exitCode, out], [2, ""], word)
          assert.match(err, new RegExp(`the backup is in region ${region}, and [^]* is unknown[^]*nothing was sent`))
        } else {
          assert.strictEqual(exitCode, 0, err)
          assert.include(out, `${filled(origin)}/v3/${project_id}/backups/${id}`)
        }
      }
      assert.deepStrictEqual(yield* simulator.requests, [])
    })
  )

  const password = Effect.map(Simulator, ({ cbr, domain, iam, password, user }) => ({
    CBR_ENDPOINT: cbr,
    OS_AUTH_URL: `${iam}/v3`,
    OS_REGION_NAME: "cn-north-4",
    OS_USERNAME: user,
    OS_PASSWORD: Redacted.value(password),
    OS_USER_DOMAIN_NAME: domain
  }))

  const key = Effect.gen(function* () {
    const { HUAWEICLOUD_SDK_PROJECT_ID: _, ...env } = yield* withAccessKey
    return { ...env, CBR_IAM_ENDPOINT: (yield* Simulator).iam, CBR_REGION: "cn-north-4" }
  })

  const show = ["show", id, "--query", "backup.name", "-o", "value"]

  it.effect.each([
    { HW_PROJECT_NAME: subProject },
    { OS_PROJECT_NAME: subProject },
    { OS_TENANT_NAME: subProject },
    { HW_PROJECT_ID: subProject },
    { OS_PROJECT_ID: subProject },
    { OS_TENANT_ID: subProject },
    { HW_PROJECT_ID: subProject, OS_PROJECT_NAME: "cn-north-4" }
  ])("the client uses the project of the environment, not the region's default: %j", (project) =>
    Effect.gen(function* () {
      for (const env of [yield* key, yield* password]) {
        const { err, exitCode, out } = yield* commandLine(show, { env: { ...env, ...project } })
        assert.deepStrictEqual({ exitCode, out, err }, { exitCode: 0, out: "of the sub-project", err: "" })
      }
    })
  )

  it.effect.each([{ words: ["list"] }, { words: ["show", id] }])(
    "$words with an unknown region names the settings that hold it",
    ({ words }) =>
      Effect.gen(function* () {
        const env = { ...(yield* withAccessKey), CBR_ENDPOINT: "", CBR_REGION: "mars-1" }
        const { err, exitCode } = yield* commandLine(words, { env })
        assert.strictEqual(exitCode, 2)
        assert.match(err, /next: +correct the region where it is set: --region, CBR_REGION or the profile/)
      })
  )

  it.effect("the client shows a proxy's key to no IAM without a setting, even if the project's id is missing", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      yield* simulator.clearRequests
      const token = Redacted.value(yield* simulator.issueToken)
      const env = { CBR_ENDPOINT: simulator.cbr, CBR_REGION: "cn-north-4", CBR_TOKEN: token }
      const refused = yield* commandLine(show, { env })
      assert.strictEqual(refused.exitCode, 3)
      assert.include(refused.err, "no project id")
      assert.deepStrictEqual(yield* simulator.requests, [])
      const named = yield* commandLine(["whoami", "--verify"], { env: { ...env, CBR_IAM_ENDPOINT: simulator.iam } })
      assert.strictEqual(named.exitCode, 0, named.err)
    })
  )

  it.effect("the client finds the project that a flag names, and asks for its token only once", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      const env = yield* password
      const asked = Effect.map(simulator.requests, (requests) => requests.map(({ path }) => path))
      yield* simulator.clearRequests
      assert.strictEqual((yield* commandLine([...show, "--project-id", subProject], { env })).out, "of the sub-project")
      assert.lengthOf(yield* asked, 2)
      yield* simulator.clearRequests
      assert.strictEqual((yield* commandLine(show, { env })).exitCode, 0)
      assert.deepStrictEqual(yield* asked, [
        "/v3/auth/tokens?nocatalog=true",
        `/v3/${simulator.project_id}/backups/${id}`
      ])
    })
  )

  it.effect("the client calls a cloud of clouds.yaml as openstack does: region, user, sub-project", () =>
    Effect.gen(function* () {
      const { cbr, domain, iam, password, user } = yield* Simulator
      const files = yield* FileSystem.FileSystem
      const folder = yield* files.makeTempDirectoryScoped()
      const file = join(folder, "clouds.yaml")
      yield* files.writeFileString(
        file,
        `clouds:
  work:
    region_name: cn-north-4
    auth:
      auth_url: ${iam}/v3
      username: ${user}
      password: ${Redacted.value(password)}
      user_domain_name: ${domain}
      project_name: ${subProject}
`
      )
      const env = { OS_CLOUD: "work", OS_CLIENT_CONFIG_FILE: file, CBR_ENDPOINT: cbr }
      const { err, out } = yield* commandLine(show, { env })
      assert.deepStrictEqual([out, err], ["of the sub-project", ""])
      const who = yield* commandLine(["whoami", "--verify"], { env })
      assert.match(who.out, /^Credential +token \*\*\* +from clouds\.yaml\nRegion +cn-north-4 +from cloud work\n/)
      assert.match(who.out, /^User +developer /m)
      const wrong = yield* commandLine(show, { env: { ...env, OS_CLOUD: "home" } })
      assert.strictEqual(wrong.exitCode, 3)
      assert.include(wrong.err, `${file} has no cloud "home"; it has work`)
      const chinese = yield* commandLine([...show, "--lang", "zh"], { env: { ...env, OS_CLOUD: "home" } })
      assert.include(chinese.err, `${file} 中没有云 "home"；其中有 work`)
    })
  )

  it.effect("the client uses a profile's project by name, with its key and with its password", () =>
    Effect.gen(function* () {
      const { ak, cbr, domain, iam, password, sk, user } = yield* Simulator
      const place = { region: "cn-north-4", endpoint: cbr, iam_endpoint: iam, project_name: subProject }
      for (const own of [
        { ak, sk: Redacted.value(sk) },
        { user, password: Redacted.value(password), domain }
      ]) {
        const { err, out } = yield* commandLine(show, { config: yield* saved({ ...place, ...own }) })
        assert.deepStrictEqual([out, err], ["of the sub-project", ""])
      }
    })
  )

  it.effect(
    "a sub-project of another region is refused, and another region's own gives way to a region that a flag names",
    () =>
      Effect.gen(function* () {
        const simulator = yield* Simulator
        yield* simulator.clearRequests
        const env = { ...(yield* key), HW_PROJECT_NAME: subProject }
        const other = yield* commandLine([...show, "--region", "ap-southeast-1", "--endpoint", simulator.cbr], { env })
        assert.strictEqual(other.exitCode, 2)
        assert.include(other.err, `the project ${subProject} is of another region than ap-southeast-1`)
        assert.deepStrictEqual(yield* simulator.requests, [])
        const flags = ["--region", "ap-southeast-1", "--endpoint", simulator.cbr]
        const { out } = yield* commandLine(["whoami", ...flags, "-o", "json"], {
          env: { ...env, HW_PROJECT_NAME: "cn-north-4" }
        })
        assert.isNull(JSON.parse(out).project)
      })
  )

  it.effect("configure verifies the saved profile with a call if the user agrees, whatever the environment holds", () =>
    Effect.gen(function* () {
      const { ak, cbr, project_id, sk } = yield* Simulator
      const files = yield* FileSystem.FileSystem
      const env = { CBR_ENDPOINT: "http://127.0.0.1:1", HUAWEICLOUD_SDK_AK: "another", HUAWEICLOUD_SDK_SK: "other" }
      const place = ["configure", "work", "--endpoint", cbr, "--region", "cn-north-4", "--project-id", project_id]
      const configured = Effect.fnUntraced(function* (
        secret: string,
        options: object,
        ...words: ReadonlyArray<string>
      ) {
        const config = yield* files.makeTempDirectoryScoped()
        const told = yield* commandLine([...place, ...words], { config, env, ...options })
        assert.include(yield* files.readFileString(`${config}/profiles.json`), secret)
        return told
      })
      const secret = Redacted.value(sk)
      const asked = yield* configured(secret, { typed: [ak, secret, ""] })
      assert.include(asked.err, "Verify it with a call now?")
      assert.match(asked.err, /cbr: the service accepts the credential of work\n[^]*next: cbr show ID --profile work$/)
      const flag = yield* configured(secret, { stdin: secret }, "--ak", ak, "--secret-stdin", "--verify")
      assert.strictEqual(flag.exitCode, 0, flag.err)
      const wrong = yield* configured("wrong", { stdin: "wrong" }, "--ak", ak, "--secret-stdin", "--verify")
      assert.strictEqual(wrong.exitCode, 4)
      assert.match(wrong.err, /profile work is saved[^]*authentication failed/)
    })
  )
})
