import { endpointsOf, findRegion, isRegionId, nearestRegions, regions as table } from "@cbr/client"
import { assert, describe, it } from "@effect/vitest"

/** Every region that has been seen to serve CBR. */
const regions =
  "af-north-1 af-south-1 ae-ad-1 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 cn-east-2 cn-east-3 cn-east-4 cn-east-5 cn-north-1 cn-north-2 cn-north-4 cn-north-9 cn-north-11 cn-north-12 cn-south-1 cn-south-2 cn-south-4 cn-southwest-2 cn-southwest-3 eu-west-0 eu-west-101 la-north-2 la-south-2 me-east-1 my-kualalumpur-1 na-mexico-1 ru-moscow-1 ru-northwest-2 sa-brazil-1 tr-west-1 eu-de eu-nl".split(
    " "
  )

/** The SDKs list no IAM of their own for these. */
const withoutIam = "af-north-1 ap-southeast-5 cn-north-11 cn-north-12 cn-south-4 cn-southwest-3 ru-northwest-2".split(
  " "
)

it("the table holds them all, once", () => {
  assert.deepStrictEqual(table.map(({ id }) => id).sort(), [...regions].sort())
  assert.deepStrictEqual(findRegion("eu-de"), { id: "eu-de", ...endpointsOf("eu-de") })
  assert.isUndefined(findRegion("cn-north-3"))
})

describe("the nearest regions", () => {
  const nearest: ReadonlyArray<readonly [text: string, first: string | undefined, count: number]> = [
    ["cn-noth-4", "cn-north-4", 3],
    ["CN-NORTH-4", "cn-north-4", 3],
    ["cn-north4", "cn-north-4", 3],
    ["eu-dee", "eu-de", 2],
    ["ap-southest-3", "ap-southeast-3", 3],
    ["us-gov-iowa-77", undefined, 0],
    ["", undefined, 0],
    ["x".repeat(1_000_000), undefined, 0]
  ]
  for (const [text, first, count] of nearest) {
    it(`of ${text.slice(0, 20)}`, () => {
      const found = nearestRegions(text)
      assert.strictEqual(found[0], first)
      assert.strictEqual(found.length, count)
      assert.strictEqual(new Set(found).size, count)
    })
  }
})

describe("a region", () => {
  for (const region of regions) {
    it(`${region} is one, with its endpoints`, () => {
      const domain = { "eu-west-101": "myhuaweicloud.eu", "eu-de": "otc.t-systems.com", "eu-nl": "otc.t-systems.com" }[
        region
      ]
      assert.isTrue(isRegionId(region))
      assert.deepStrictEqual(endpointsOf(region), {
        cbr: `https://cbr.${region}.${domain ?? "myhuaweicloud.com"}`,
        iam: withoutIam.includes(region)
          ? "https://iam.myhuaweicloud.com"
          : `https://iam.${region}.${domain ?? "myhuaweicloud.com"}`
      })
    })
  }

  for (const text of [
    "",
    "cn",
    "cn-north",
    "CN-NORTH-4",
    "cn-north-4 ",
    "cn-north-4\n",
    "cn-north-4.evil.example",
    "evil.example/cn-north-4",
    "cn-north-4/",
    "cn-north-4@x",
    "cn--4",
    "-cn-north-4",
    "cn-north-4000",
    "eu-dee",
    "constructor",
    "__proto__"
  ]) {
    it(`${JSON.stringify(text)} is none`, () => assert.isFalse(isRegionId(text)))
  }

  it("a name that every object inherits has no endpoints of its own", () => {
    assert.strictEqual(endpointsOf("constructor").cbr, "https://cbr.constructor.myhuaweicloud.com")
  })
})
