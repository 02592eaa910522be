import {
  AuthenticationFailed,
  ConnectionFailed,
  ErrorTable,
  hintOf,
  isRetryable,
  serviceCodes,
  TimedOut,
  WaitUntilError
} from "@cbr/client"
import { assert, describe, it } from "@effect/vitest"

const rows = Object.entries(ErrorTable)

describe("ErrorTable", () => {
  it("has a row for each kind of error and no other", () => {
    const tags = WaitUntilError.members.map((member) => member.identifier)
    assert.strictEqual(tags.length, 15)
    assert.sameMembers(Object.keys(ErrorTable), tags)
  })

  const contract: Readonly<
    Record<keyof typeof ErrorTable, readonly [exitCode: number, httpStatus: number, retryable: boolean]>
  > = {
    InvalidRequest: [2, 400, false],
    NoCredentials: [3, 502, false],
    AuthenticationFailed: [4, 502, false],
    PermissionDenied: [4, 403, false],
    RequestRefused: [4, 400, false],
    BackupNotFound: [5, 404, false],
    RateLimited: [6, 429, true],
    ServiceUnavailable: [7, 503, true],
    MalformedResponse: [11, 502, false],
    ResponseTooLarge: [11, 502, false],
    ConnectionFailed: [8, 502, true],
    TimedOut: [10, 504, true],
    OtherStatus: [11, 502, false],
    ConditionImpossible: [9, 409, false],
    ConditionTimedOut: [10, 504, true]
  }
  for (const [tag, row] of rows) {
    it(`${tag} keeps the contract of exit codes and statuses`, () => {
      const { exitCode, httpStatus, retryable } = row
      assert.deepStrictEqual([exitCode, httpStatus, retryable], [...contract[tag as keyof typeof contract]])
    })

    it(`${tag} has a title and a hint in both languages`, () => {
      for (const { en, zh } of [row.title, row.hint]) {
        assert.match(en, /^[\x20-\x7e]{5,}$/)
        assert.match(zh, /\p{Script=Han}{2,}/u)
      }
    })
  }

  it("slugs are unique, and fit in a URL", () => {
    const slugs = rows.map(([, { slug }]) => slug)
    assert.strictEqual(new Set(slugs).size, slugs.length)
    for (const slug of slugs) assert.match(slug, /^[a-z]+(-[a-z]+)*$/)
  })
})

describe("isRetryable and hintOf", () => {
  const connection = (reason: ConnectionFailed["reason"]) =>
    new ConnectionFailed({ detail: { code: "other", message: "m" }, reason })

  it("a certificate that is not trusted is not worth a retry, and has a hint of its own", () => {
    assert.deepStrictEqual(
      (["Dns", "Connect", "Tls", "Broken"] as const).filter((reason) => isRetryable(connection(reason))),
      ["Dns", "Connect", "Broken"]
    )
    assert.match(hintOf(connection("Tls")).en, /NODE_EXTRA_CA_CERTS/)
    assert.deepStrictEqual(hintOf(connection("Dns")), ErrorTable.ConnectionFailed.hint)
  })

  it("a hint for a code is given for the kind that the code means", () => {
    const answer = {
      detail: { code: "other", message: "m" },
      status_code: 401,
      error_code: "APIGW.0301",
      error_msg: "signature expired"
    } as const
    assert.match(hintOf(new AuthenticationFailed(answer)).en, /clock/)
    assert.deepStrictEqual(hintOf(new TimedOut({ ...answer, limit: "call" })), ErrorTable.TimedOut.hint)
  })
})

describe("serviceCodes", () => {
  it("tells all that a code can mean, by its number behind any prefix of the gateway", () => {
    assert.deepStrictEqual(serviceCodes("BackupService.6200"), [{ kind: "BackupNotFound" }])
    const refusals = serviceCodes("APIGW.0301")
    assert.isAbove(new Set(refusals.map(({ hint }) => hint?.en)).size, 2)
    assert.isTrue(refusals.every(({ kind }) => kind === "AuthenticationFailed"))
    assert.deepStrictEqual(serviceCodes("APIG.0301"), refusals)
    assert.deepStrictEqual(serviceCodes("CbrProxy.CrossSite"), [{ kind: "PermissionDenied" }])
    const [forbidden, ...others] = serviceCodes("CbrProxy.Forbidden")
    assert.strictEqual(forbidden?.kind, "PermissionDenied")
    assert.match(forbidden?.hint?.en ?? "", /scope/)
    assert.lengthOf(others, 0)
    assert.deepStrictEqual(
      serviceCodes("401").map(({ kind }) => kind),
      ["AuthenticationFailed", "PermissionDenied", "PermissionDenied", "RequestRefused"]
    )
    assert.deepStrictEqual(
      ["BackupService.2112", "SYS.0400"].flatMap(serviceCodes).map(({ kind }) => kind),
      ["RequestRefused", "RequestRefused"]
    )
    assert.deepStrictEqual(serviceCodes("APIGW.9999"), [])
    assert.deepStrictEqual(serviceCodes(""), [])
  })
})
