import { SdkHmacSha256, V11HmacSha256 } from "@cbr/client/signing"
import { type ListBackupsRequest, listBackupsPath, listBackupsQuery, readListBackupsQuery } from "@cbr/domain"
import { assert, describe, layer } from "@effect/vitest"
import { Effect, Redacted, Result, Schema } from "effect"
import { listQueryText } from "../../src/calls/ListBackupsCall.ts"
import { NodeHashes } from "./NodeHashes.ts"
import { coreAuthorization, coreCredentials, coreDerivedAuthorization } from "./OfficialCore.ts"
import { accessKey, date, plain, signingDate } from "./vectors.ts"

/** Signs that each encoding of a query treats in its own way, and others. */
const Text = Schema.Array(
  Schema.Literals([
    "a",
    "Z",
    "0",
    " ",
    "+",
    "%",
    "%2B",
    "&",
    "=",
    "'",
    "(",
    "*",
    "~",
    "/",
    "?",
    "#",
    "数",
    "据",
    "é",
    "😀"
  ])
).check(Schema.isMinLength(1), Schema.isMaxLength(12))

const Asked = Schema.Struct({
  name: Text,
  resource_name: Text,
  status: Schema.Array(Schema.Literals(["available", "error", "protecting", "deleting"])).check(Schema.isMaxLength(4)),
  offset: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 100_000 })),
  show_replication: Schema.Boolean
})

const project_id = "4229d7a45436489f8c3dc2b1d35d4987"
const credentials = coreCredentials({ ak: accessKey.ak, sk: Redacted.value(accessKey.sk) })

const requestOf = ({ name, resource_name, status, ...rest }: typeof Asked.Type): ListBackupsRequest => {
  const [first, ...others] = status
  return {
    project_id,
    name: name.join(""),
    resource_name: resource_name.join(""),
    sort: "created_at:desc,id:desc",
    ...rest,
    ...(first === undefined ? {} : { status: [first, ...others] })
  }
}

describe("the query of a list", () => {
  layer(NodeHashes)((it) => {
    it.effect.prop(
      "a query with repeats, spaces, Chinese and plus signs is signed as the official Node core signs it",
      [Asked],
      ([asked]) =>
        Effect.gen(function* () {
          const request = requestOf(asked)
          const groups: Record<string, Array<string>> = {}
          for (const [name, value] of listBackupsQuery(request)) (groups[name] ??= []).push(value)
          const core = {
            method: "GET",
            endpoint: `https://${plain.headers["host"]}${listBackupsPath(request)}`,
            queryParams: groups,
            headers: { "X-Sdk-Date": signingDate, "X-Project-Id": project_id }
          }
          const ours = {
            method: "GET",
            path: listBackupsPath(request),
            query: listQueryText(request),
            headers: { host: plain.headers["host"]!, "x-project-id": project_id }
          }
          const sdk = yield* SdkHmacSha256.sign(ours, { accessKey, date })
          assert.strictEqual(sdk["authorization"], coreAuthorization(core, credentials))
          const derived = yield* V11HmacSha256.sign(ours, { accessKey, date, region: "cn-north-4", service: "cbr" })
          assert.strictEqual(derived["authorization"], coreDerivedAuthorization(core, credentials))
        }),
      { arbitrary: { runs: 1000 } }
    )

    it.effect.prop("a query on the wire is read back as it was asked", [Asked], ([asked]) =>
      Effect.sync(() => {
        const request = requestOf(asked)
        const url = new URL(`https://cbr.example/?${listQueryText(request)}`)
        const pairs = url.search
          .slice(1)
          .split("&")
          .map((pair) => pair.split("=").map(decodeURIComponent) as [string, string])
        const read = Result.getOrThrow(readListBackupsQuery(project_id, pairs))
        assert.deepStrictEqual(listBackupsQuery(read), listBackupsQuery(request))
        // A reader of forms takes a plus sign for a space.
        assert.deepStrictEqual([...url.searchParams], pairs)
      })
    )
  })
})
