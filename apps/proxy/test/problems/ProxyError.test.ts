import { serviceCodes } from "@cbr/client"
import { assert, describe, it } from "@effect/vitest"
import { proxyErrors } from "../../src/problems/ProxyError.ts"

describe("refusals", () => {
  it.each(Object.entries(proxyErrors))("%s has a title and a hint in both languages", (_, { hint, title }) => {
    for (const { en, zh } of [title, hint]) {
      assert.match(en, /^[\x20-\x7e]{5,}$/)
      assert.match(zh, /\p{Script=Han}{2,}/u)
      assert.notMatch(zh, /\p{Script=Han}[,;:?()]|[,;:?()]\p{Script=Han}/u, "punctuation is of full width")
    }
  })

  it.each(Object.entries(proxyErrors))(
    "%s is a code that the client knows, of the kind that its status is",
    (name, kind) => {
      const error_code = `CbrProxy.${name}`
      const known = serviceCodes(error_code)
      assert.lengthOf(known, 1)
      const ofStatus = {
        400: "RequestRefused",
        401: "AuthenticationFailed",
        403: "PermissionDenied",
        404: "BackupNotFound",
        408: "TimedOut",
        414: "OtherStatus",
        429: "RateLimited",
        431: "OtherStatus"
      } as const
      const { httpStatus } = kind
      const expected = httpStatus >= 500 ? "ServiceUnavailable" : (ofStatus[httpStatus as 400] ?? "RequestRefused")
      assert.strictEqual(known[0]?.kind, expected)
    }
  )
})
