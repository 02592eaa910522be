import { SdkProfile } from "@cbr/client"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { utf16 } from "../MemoryFiles.ts"
import { currentOf, opened, temporary, type World } from "./CredentialSourceTest.ts"

const usual = "/home/u/.huaweicloud/credentials"

const read = (world: World) => {
  const { open, run, sent } = opened(SdkProfile.source, world)
  return { sent, current: run(Effect.flatMap(open, currentOf)) }
}

describe("the SDKs' file", () => {
  const found: ReadonlyArray<readonly [name: string, world: World, credential: object]> = [
    ["a key", { files: { [usual]: "[basic]\nak = a\nsk = s\nproject_id = p\n" } }, { ak: "a", sk: "s" }],
    [
      "a temporary key in Base64, with line ends of Windows",
      { files: { [usual]: "; comment\r\n[global]\r\nak=no\r\n[basic]\r\nak=a\r\nsk=s\r\nsecurity_token=x/+y==\r\n" } },
      { ak: "a", sk: "s", security_token: "x/+y==" }
    ],
    [
      "names in upper case, after which a colon stands",
      { files: { [usual]: "[basic]\nAK: a\nSK :s\nSecurity_Token = x:y=\n" } },
      { ak: "a", sk: "s", security_token: "x:y=" }
    ],
    ["text of Windows PowerShell", { files: { [usual]: utf16("[basic]\r\nak=a\r\nsk=s\r\n") } }, { ak: "a", sk: "s" }],
    [
      "in another place",
      { variables: { HUAWEICLOUD_SDK_CREDENTIALS_FILE: "/c" }, files: { "/c": "[basic]\nak=a\nsk=s", [usual]: "" } },
      { ak: "a", sk: "s" }
    ]
  ]
  for (const [name, world, credential] of found) {
    it.effect(name, () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* read(world).current, credential)
      })
    )
  }

  it.effect("an id token is exchanged at the file's IAM", () =>
    Effect.gen(function* () {
      const { current, sent } = read({
        files: {
          [usual]: "[basic]\nidp_id=idp\nid_token_file=/t\niam_endpoint=https://iam.example\n",
          "/t": "exampleIdToken"
        },
        script: (nth) => ({
          status: 201,
          headers: { "x-subject-token": "x" },
          body: JSON.stringify(temporary(nth))
        })
      })
      assert.strictEqual((yield* current).ak, "HST-1")
      assert.strictEqual(new URL(sent[0]!.request.url).host, "iam.example")
    })
  )

  it.effect("a key is at home where the file says", () =>
    Effect.gen(function* () {
      const text = "[basic]\nak=a\nsk=s\nproject_id=p\niam_endpoint: https://iam.example/v3\n"
      const homeOf = (world: World) => {
        const { open, run } = opened(SdkProfile.source, world)
        return run(Effect.flatMap(open, ({ current }) => Effect.map(current, ({ iam, project }) => ({ iam, project }))))
      }
      assert.deepStrictEqual(yield* homeOf({ files: { [usual]: text } }), {
        iam: "https://iam.example",
        project: { id: "p" }
      })
      // An address of IAM in the environment goes before the file's.
      for (const name of ["CBR_IAM_ENDPOINT", "HUAWEICLOUD_SDK_IAM_ENDPOINT"]) {
        const { iam } = yield* homeOf({ files: { [usual]: text }, variables: { [name]: "https://own.example" } })
        assert.isUndefined(iam)
      }
    })
  )

  const notHere: ReadonlyArray<readonly [name: string, world: World, message: RegExp]> = [
    ["no file", {}, /^no \/home\/u\/\.huaweicloud\/credentials$/],
    ["a file that may not be read", { files: { [usual]: { shut: "PermissionDenied" } } }, /cannot be read \(Perm/],
    ["a home that is no folder", { files: { [usual]: { shut: "BadResource" } } }, /cannot be read \(BadResource/],
    ["no section", { files: { [usual]: "ak=a\nsk=s" } }, /has no section \[basic\]$/],
    ["an empty section", { files: { [usual]: "[basic]\n" } }, /has neither ak and sk nor idp_id and id_token_file$/]
  ]
  for (const [name, world, message] of notHere) {
    it.effect(`${name}: the chain goes on`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(read(world).current)
        assert.strictEqual(error._tag, "NotConfigured")
        assert.match(error.message, message)
      })
    )
  }

  const broken: ReadonlyArray<readonly [name: string, world: World, message: RegExp]> = [
    ["named but not there", { variables: { HUAWEICLOUD_SDK_CREDENTIALS_FILE: "/c" } }, /^\/c cannot be read/],
    [
      "named and not to be read",
      { variables: { HUAWEICLOUD_SDK_CREDENTIALS_FILE: "/c" }, files: { "/c": { shut: "PermissionDenied" } } },
      /^\/c cannot be read/
    ],
    ["no text", { files: { [usual]: new Uint8Array([0x5b, 0xff, 0xfe]) } }, /is neither UTF-8 nor UTF-16 text$/],
    ["an address that is none", { files: { [usual]: "[basic]\nak=a\nsk=s\niam_endpoint=iam" } }, /^iam_endpoint of/],
    [
      "a secret with an invisible character",
      { files: { [usual]: "[basic]\nak=a\nsk=exampleSecret\u200b\n" } },
      /^sk of \/home\/u\/\.huaweicloud\/credentials holds the invisible character U\+200B/
    ],
    ["only ak", { files: { [usual]: "[basic]\nak=a" } }, /has ak, but not sk$/],
    ["only sk", { files: { [usual]: "[basic]\nsk=exampleSecret" } }, /has sk, but not ak$/],
    ["only idp_id", { files: { [usual]: "[basic]\nidp_id=i" } }, /has idp_id, but not id_token_file$/]
  ]
  for (const [name, world, message] of broken) {
    it.effect(`${name}: an error`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(read(world).current)
        assert.strictEqual(error._tag, "NoCredentials")
        assert.match(error.message, message)
        assert.notInclude(error.message, "exampleSecret")
      })
    )
  }
})
