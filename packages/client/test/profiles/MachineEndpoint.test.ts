import { Endpoint, MachineEndpoint, ProfileFile } from "@cbr/client"
import { layerCloudsYaml } from "@cbr/client/node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { usual, world, yaml } from "../OwnRegions.ts"

describe("the endpoint of a machine", () => {
  const profiles = "/home/u/.config/cbr/profiles.json"
  const profile = JSON.stringify({
    profiles: { p: { region: "eu-de", endpoint: "https://proxy.example", iam_endpoint: "https://iam.example" } }
  })
  const cases: ReadonlyArray<
    readonly [name: string, variables: Record<string, string>, files: Record<string, string>, endpoint: object]
  > = [
    [
      "the profile",
      {},
      { [profiles]: profile },
      { cbr: "https://proxy.example", iam: "https://iam.example", region: "eu-de" }
    ],
    [
      "a region of the environment, without the profile's addresses",
      { CBR_REGION: "eu-nl" },
      { [profiles]: profile },
      { cbr: "https://cbr.eu-nl.otc.t-systems.com", iam: "https://iam.eu-nl.otc.t-systems.com", region: "eu-nl" }
    ],
    [
      "an address of the environment, with the profile's region",
      { CBR_ENDPOINT: "http://127.0.0.1:1" },
      { [profiles]: profile },
      { cbr: "http://127.0.0.1:1", iam: "https://iam.example", region: "eu-de" }
    ],
    [
      "a project of the environment by its name",
      { CBR_REGION: "eu-de", OS_PROJECT_NAME: "eu-de_sub" },
      { [profiles]: `{"profiles":{"p":{"project_id":"other"}}}` },
      {
        cbr: "https://cbr.eu-de.otc.t-systems.com",
        iam: "https://iam.eu-de.otc.t-systems.com",
        region: "eu-de",
        project: { name: "eu-de_sub" }
      }
    ],
    [
      "a region of the environment, without the profile's project where that is its own region's",
      { CBR_REGION: "eu-nl" },
      { [profiles]: `{"profiles":{"p":{"region":"eu-de","project_name":"eu-de"}}}` },
      { cbr: "https://cbr.eu-nl.otc.t-systems.com", iam: "https://iam.eu-nl.otc.t-systems.com", region: "eu-nl" }
    ],
    [
      "a project of the profile by its id",
      {},
      { [profiles]: `{"profiles":{"p":{"region":"eu-de","project_id":"p","project_name":"n"}}}` },
      {
        cbr: "https://cbr.eu-de.otc.t-systems.com",
        iam: "https://iam.eu-de.otc.t-systems.com",
        region: "eu-de",
        project: { id: "p" }
      }
    ],
    [
      "a region that only the file knows",
      { HW_REGION_NAME: "my-own-1" },
      { [usual]: yaml },
      { cbr: "https://cbr.first.example", iam: "https://iam.own.example", region: "my-own-1" }
    ],
    [
      "the environment before the file",
      { OS_REGION_NAME: "cn-north-9", HUAWEICLOUD_SDK_REGION_CBR_CN_NORTH_9: "https://v.example" },
      { [usual]: yaml },
      { cbr: "https://v.example", iam: "https://iam.cn-north-9.myhuaweicloud.com", region: "cn-north-9" }
    ]
  ]
  for (const [name, variables, files, endpoint] of cases) {
    it.effect(name, () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(
          { ...(yield* Effect.provide(Endpoint, Layer.provide(MachineEndpoint.layer, world(variables, files)))) },
          endpoint
        )
      })
    )
  }

  it.effect("a sub-project of the profile is refused in a region of the environment, and not replaced", () =>
    Effect.gen(function* () {
      const sub = `{"profiles":{"p":{"region":"eu-de","project_name":"eu-de_sub"}}}`
      const error = yield* Endpoint.pipe(
        Effect.provide(Layer.provide(MachineEndpoint.layer, world({ CBR_REGION: "eu-nl" }, { [profiles]: sub }))),
        Effect.flip
      )
      assert.match(error.message, /^the project eu-de_sub is of another region than eu-nl/)
    })
  )

  it.effect("a cloud that OS_CLOUD names, after the environment's own variables and before the profile", () =>
    Effect.gen(function* () {
      const clouds = "clouds: {otc: {region_name: eu-nl, auth: {project_id: p}}}"
      const of = (variables: Record<string, string>) =>
        Endpoint.pipe(
          Effect.map(({ project, region }) => ({ project, region })),
          Effect.provide(
            Layer.provide(MachineEndpoint.layer, [
              world({ OS_CLOUD: "otc", ...variables }, { "clouds.yaml": clouds, [profiles]: profile }),
              layerCloudsYaml
            ])
          )
        )
      assert.deepStrictEqual(yield* of({}), { region: "eu-nl", project: { id: "p" } })
      assert.deepStrictEqual(yield* of({ OS_REGION_NAME: "eu-de", OS_PROJECT_NAME: "eu-de_x" }), {
        region: "eu-de",
        project: { name: "eu-de_x" }
      })
    })
  )

  it.effect("a profile that the caller names, before the environment's region and addresses", () =>
    Effect.gen(function* () {
      const named = (variables: Record<string, string>, only: object) =>
        Endpoint.pipe(
          Effect.provide(
            Layer.provide(
              MachineEndpoint.layer,
              world(variables, { [profiles]: JSON.stringify({ profiles: { p: only, q: {} } }) })
            )
          ),
          Effect.provideService(ProfileFile.NamedProfile, { name: "p", by: "the test" }),
          Effect.map((found) => ({ ...found }))
        )
      const elsewhere = {
        CBR_REGION: "eu-nl",
        CBR_ENDPOINT: "http://127.0.0.1:1",
        CBR_IAM_ENDPOINT: "http://127.0.0.1:2"
      }
      assert.deepStrictEqual(yield* named(elsewhere, { region: "cn-north-9" }), {
        cbr: "https://cbr.cn-north-9.myhuaweicloud.com",
        iam: "https://iam.cn-north-9.myhuaweicloud.com",
        region: "cn-north-9"
      })
      // The environment fills in the fields that the profile leaves out.
      assert.deepStrictEqual(yield* named(elsewhere, { endpoint: "https://proxy.example" }), {
        cbr: "https://proxy.example",
        iam: "http://127.0.0.1:2",
        region: "eu-nl"
      })
    })
  )
})
