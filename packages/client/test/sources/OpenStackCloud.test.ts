import { CloudsFile, OpenStackCloud } from "@cbr/client"
import { layerCloudsYaml } from "@cbr/client/node"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { type MemoryFile, utf16 } from "../MemoryFiles.ts"
import { currentOf, jsonOf, opened } from "./CredentialSourceTest.ts"

const here = "clouds.yaml"
const usual = "/home/u/.config/openstack/clouds.yaml"

/** The file in Open Telekom Cloud's documentation. */
const otc = `
clouds:
  otc:
    profile: otc
    auth:
      username: example-user
      password: examplePassword
      project_name: eu-de_project
      user_domain_name: OTC00000000001000000001
    interface: public
    identity_api_version: 3
    ak: EXAMPLE
    sk: exampleSecret
  other:
    region_name: eu-nl
    auth_url: https://iam.eu-nl.otc.t-systems.com/v3
    auth: {token: exampleToken, project-id: p-1}
`

const issued = {
  status: 201,
  headers: { "x-subject-token": "t" },
  body: `{"token":{"expires_at":"1970-01-02T00:00:00Z"}}`
}

const at = (files: Readonly<Record<string, MemoryFile>>, variables: Record<string, string> = { OS_CLOUD: "otc" }) => {
  const { open, run, sent } = opened(OpenStackCloud.source, { files, variables, script: () => issued, region: "eu-de" })
  const read = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.provide(effect, layerCloudsYaml)
  return {
    sent,
    cloud: read(run(CloudsFile.chosen)),
    credentials: read(open),
    current: read(run(Effect.flatMap(open, currentOf))),
    without: open
  }
}

describe("clouds.yaml", () => {
  it.effect("gives a token by the password of the cloud that OS_CLOUD names, for its project", () =>
    Effect.gen(function* () {
      const { cloud, current, sent } = at({ [usual]: otc })
      assert.deepStrictEqual(yield* current, { token: "t" })
      assert.strictEqual(sent[0]?.request.url, "https://iam.eu-de.otc.t-systems.com/v3/auth/tokens?nocatalog=true")
      assert.deepStrictEqual(jsonOf(sent[0]!), {
        auth: {
          identity: {
            methods: ["password"],
            password: {
              user: {
                name: "example-user",
                password: "examplePassword",
                domain: { name: "OTC00000000001000000001" }
              }
            }
          },
          scope: { project: { name: "eu-de_project" } }
        }
      })
      assert.deepInclude(yield* cloud, { region: "eu-de", project: { name: "eu-de_project" }, file: usual })
    })
  )

  it.effect("gives the token that it holds, and where it is at home", () =>
    Effect.gen(function* () {
      const { cloud, credentials, sent } = at({ [usual]: otc }, { OS_CLOUD: "other" })
      const { iam, project } = yield* (yield* credentials).current
      assert.deepStrictEqual([iam, project], ["https://iam.eu-nl.otc.t-systems.com", { id: "p-1" }])
      assert.strictEqual((yield* cloud)?.region, "eu-nl")
      assert.lengthOf(sent, 0)
    })
  )

  const one = (fields: string) => `clouds: {otc: ${fields}}`

  // The results of openstacksdk 0.101, except where a project's name has the region: it takes the profile's first region.
  const regions: ReadonlyArray<readonly [fields: string, region: string | undefined]> = [
    ["{region_name: eu-nl}", "eu-nl"],
    ["{region_name: eu-nl, regions: [eu-de]}", "eu-de"],
    ["{regions: [eu-nl, eu-de]}", "eu-nl"],
    ["{regions: [{name: eu-nl, values: {}}]}", "eu-nl"],
    ["{profile: otc, auth: {project_name: eu-nl_x}}", "eu-nl"],
    ["{profile: otc}", "eu-de"],
    ["{}", undefined]
  ]
  it.effect.each(regions)("%s is of the region %s", ([fields, region]) =>
    Effect.gen(function* () {
      assert.strictEqual((yield* at({ [usual]: one(fields) }).cloud)?.region, region)
    })
  )

  const found: ReadonlyArray<readonly [title: string, files: Record<string, MemoryFile>, credential: object]> = [
    [
      "the working folder's file before the user's",
      { [here]: one("{auth: {token: a}}"), [usual]: otc },
      { token: "a" }
    ],
    ["the machine's last", { "/etc/openstack/clouds.yml": one("{auth: {token: a}}") }, { token: "a" }],
    ["a file of JSON", { "clouds.json": `{"clouds":{"otc":{"auth":{"token":"a"}}}}` }, { token: "a" }],
    [
      "one that may not be opened is passed over",
      { [here]: { shut: "PermissionDenied" }, [usual]: one("{token: a}") },
      { token: "a" }
    ],
    ["text of Windows PowerShell", { [usual]: utf16(one("{auth: {token: a}}")) }, { token: "a" }],
    [
      "secrets of secure.yaml, which go before",
      {
        [usual]: one("{auth: {token: a}}"),
        "/home/u/.config/openstack/secure.yaml": one("{auth: {token: b}}")
      },
      { token: "b" }
    ],
    ["an access key", { [usual]: one("{ak: a, sk: s}") }, { ak: "a", sk: "s" }],
    [
      "anchors and merge keys",
      { [usual]: "base: &base {token: a}\nclouds:\n  otc:\n    auth:\n      <<: *base\n" },
      { token: "a" }
    ]
  ]
  for (const [title, files, credential] of found) {
    it.effect(`is read: ${title}`, () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* at(files).current, credential)
      })
    )
  }

  it.effect("is that of OS_CLIENT_CONFIG_FILE before all others, and a password of digits is one", () =>
    Effect.gen(function* () {
      const variables = { OS_CLOUD: "otc", OS_CLIENT_CONFIG_FILE: "/own.yaml" }
      const fields = "{auth: {username: u, password: 1234, user_domain_id: d}}"
      const { current, sent } = at({ "/own.yaml": one(fields), [here]: otc }, variables)
      yield* current
      assert.deepInclude((jsonOf(sent[0]!) as { auth: { identity: object } }).auth.identity, {
        password: { user: { name: "u", password: "1234", domain: { id: "d" } } }
      })
    })
  )

  const notHere: ReadonlyArray<
    readonly [files: Record<string, MemoryFile>, variables: Record<string, string>, why: string]
  > = [
    [{}, {}, "OS_CLOUD is not set"],
    [{ [usual]: otc }, {}, `${usual} is there, but OS_CLOUD names no cloud of it`],
    [{}, { OS_CLOUD: "envvars" }, "OS_CLOUD is not set"]
  ]
  for (const [files, variables, why] of notHere) {
    it.effect(`is passed over, and says so: ${why}`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(at(files, variables).credentials)
        assert.deepInclude(error, { _tag: "NotConfigured", message: why })
      })
    )
  }

  it.effect("is told as not read where nothing reads YAML", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(at({ [usual]: otc }).without)
      assert.deepInclude(error, {
        _tag: "NotConfigured",
        message: "OS_CLOUD is set, but clouds.yaml is read in Node alone"
      })
    })
  )

  const broken: ReadonlyArray<readonly [files: Record<string, MemoryFile>, message: RegExp]> = [
    [{}, /^OS_CLOUD names "otc", but there is no clouds\.yaml here/],
    [{ [usual]: "clouds: {a: {}, b: {}}" }, /has no cloud "otc"; it has a, b$/],
    [{ [usual]: "clouds: {constructor: {}}" }, /has no cloud "otc"; it has constructor$/],
    [{ [usual]: "clouds: [exampleSecret" }, /clouds\.yaml is not YAML$/],
    [{ [usual]: one("{auth: {username: u, password: exampleSecret}}") }, /user_domain_name is missing$/],
    [{ [usual]: one("{auth: {username: u}}") }, /password is missing$/],
    [{ [usual]: one("{auth_type: v3applicationcredential}") }, /auth_type v3applicationcredential, of which nothing/],
    [{ [usual]: one("{auth: {token: \"'exampleSecret'\"}}") }, /^token of .* stands in quotation marks/],
    [{ [usual]: one("{auth_url: exampleSecret, token: a}") }, /^auth_url of .*clouds\.yaml is not an address/]
  ]
  for (const [files, message] of broken) {
    it.effect(`is an error that ends the search, and shows no secret: ${message.source}`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(at(files).current)
        assert.strictEqual(error._tag, "NoCredentials")
        assert.match(error.message, message)
        assert.notInclude(error.message, "exampleSecret")
      })
    )
  }
})
