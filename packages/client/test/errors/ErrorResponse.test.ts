import { type CredentialEvidence, ErrorTable, evidenceOf, hintOf, isRetryable, type ShowBackupError } from "@cbr/client"
import { assert, describe, it } from "@effect/vitest"
import { Exit, Redacted } from "effect"
import { requestId, type ErrorResponse, toError } from "../../src/errors/ErrorResponse.ts"

const refused = (status: number, text: string, more?: Partial<ErrorResponse>): ShowBackupError =>
  toError({ status, headers: {}, text, service: "CBR", secrets: { secrets: [] }, ...more })

type Kind = ShowBackupError["_tag"]
interface Row {
  readonly status: number
  /** A full code, or the gateway's number. */
  readonly code: string
  readonly text?: string
  readonly kind: Kind
  /** Words of the hint beyond the kind's own. */
  readonly hint?: RegExp
  readonly retry_after?: number
}

/** The known codes of the service. */
const rows: ReadonlyArray<Row> = [
  { status: 404, code: "BackupService.6200", kind: "BackupNotFound" },
  { status: 403, code: "BackupService.8600", kind: "PermissionDenied" },
  { status: 500, code: "BackupService.9998", kind: "AuthenticationFailed" },
  { status: 500, code: "BackupService.9910", kind: "ServiceUnavailable" },
  { status: 500, code: "BackupService.0001", kind: "ServiceUnavailable" },
  { status: 500, code: "BackupService.6138", kind: "ServiceUnavailable" },
  { status: 400, code: "BackupService.9900", kind: "RequestRefused", hint: /^check the project id and the backup id/ },
  { status: 400, code: "BackupService.0001", kind: "RequestRefused" },
  { status: 409, code: "BackupService.0001", kind: "RequestRefused" },
  { status: 422, code: "BackupService.0001", kind: "RequestRefused" },
  { status: 400, code: "SYS.0400", kind: "RequestRefused" },
  { status: 409, code: "SYS.0409", kind: "RequestRefused" },
  { status: 403, code: "SYS.0403", kind: "PermissionDenied" },
  { status: 500, code: "SYS.0500", kind: "ServiceUnavailable" },
  { status: 404, code: "BackupService.6217", kind: "BackupNotFound", hint: /restore point/ },
  { status: 404, code: "BackupService.6302", kind: "BackupNotFound", hint: /restore point/ },
  { status: 400, code: "Other.0400", kind: "OtherStatus" },
  { status: 400, code: "0106", kind: "OtherStatus", hint: /cannot read the request/ },
  { status: 413, code: "0201", kind: "OtherStatus", hint: /cannot read the request/ },
  { status: 404, code: "0101", kind: "OtherStatus", hint: /not a missing backup/ },
  { status: 404, code: "0103", kind: "OtherStatus", hint: /not a missing backup/ },
  { status: 401, code: "0301", text: "verify aksk signature fail", kind: "AuthenticationFailed" },
  {
    status: 401,
    code: "0301",
    text: "AK access failed to reach the limit, forbidden: EXAM…",
    kind: "AuthenticationFailed",
    hint: /wait five minutes/,
    retry_after: 300
  },
  { status: 401, code: "0301", text: "Get secretKey failed, ak:EXAM…", kind: "AuthenticationFailed" },
  { status: 401, code: "0301", text: "signature expired", kind: "AuthenticationFailed", hint: /clock/ },
  { status: 401, code: "0301", text: "decrypt token fail", kind: "AuthenticationFailed", hint: /new token/ },
  { status: 401, code: "0301", text: "token expires", kind: "AuthenticationFailed", hint: /new token/ },
  { status: 401, code: "0301", text: "x-auth-token not found", kind: "AuthenticationFailed", hint: /new token/ },
  { status: 401, code: "0307", kind: "AuthenticationFailed", hint: /new token/ },
  ...["0302", "0304", "0306", "0310", "0401", "0402", "0802"].map((code): Row => ({
    status: 403,
    code,
    kind: "PermissionDenied"
  })),
  { status: 405, code: "0501", kind: "PermissionDenied", hint: /quota/ },
  { status: 405, code: "0502", kind: "PermissionDenied", hint: /quota/ },
  { status: 429, code: "0308", kind: "RateLimited" },
  { status: 502, code: "0201", kind: "ServiceUnavailable" },
  { status: 504, code: "0201", kind: "ServiceUnavailable" },
  { status: 502, code: "0610", kind: "ServiceUnavailable" },
  { status: 503, code: "0613", kind: "ServiceUnavailable" },
  { status: 400, code: "CbrProxy.InvalidRequest", kind: "InvalidRequest" },
  { status: 502, code: "CbrProxy.MalformedResponse", kind: "MalformedResponse" },
  { status: 502, code: "CbrProxy.ResponseTooLarge", kind: "ResponseTooLarge" },
  { status: 400, code: "CbrProxy.RequestRefused", kind: "RequestRefused" },
  { status: 400, code: "CbrProxy.BadRequest", kind: "RequestRefused" },
  { status: 403, code: "CbrProxy.PermissionDenied", kind: "PermissionDenied" },
  { status: 404, code: "CbrProxy.BackupNotFound", kind: "BackupNotFound" },
  { status: 429, code: "CbrProxy.RateLimited", kind: "RateLimited" },
  { status: 503, code: "CbrProxy.ServiceUnavailable", kind: "ServiceUnavailable" },
  { status: 502, code: "CbrProxy.ConnectionFailed", kind: "ServiceUnavailable" },
  {
    status: 401,
    code: "CbrProxy.Unauthenticated",
    kind: "AuthenticationFailed",
    hint: /^set CBR_TOKEN to the proxy's key/
  },
  { status: 403, code: "CbrProxy.Forbidden", kind: "PermissionDenied", hint: /^the proxy refuses, not CBR: .*scope/ },
  { status: 502, code: "CbrProxy.OtherStatus", kind: "OtherStatus" },
  { status: 504, code: "CbrProxy.TimedOut", kind: "TimedOut" },
  { status: 502, code: "CbrProxy.NoCredentials", kind: "AuthenticationFailed", hint: /the proxy in between/ },
  { status: 502, code: "CbrProxy.AuthenticationFailed", kind: "AuthenticationFailed", hint: /the proxy in between/ }
]

const whoAnswers = (code: string) => (code.startsWith("CbrProxy.") ? "the proxy" : "CBR")

const forms: Readonly<Record<string, (code: string, text: string) => string>> = {
  flat: (error_code, error_msg) => JSON.stringify({ error_code, error_msg, request_id: "of the body" }),
  camel: (errorCode, errorMsg) => JSON.stringify({ errorCode, errorMsg, requestId: "of the body" }),
  short: (code, message) => JSON.stringify({ code, message, request_id: "of the body" }),
  nested: (error_code, error_msg) => JSON.stringify({ error: { error_code, error_msg, request_id: "of the body" } }),
  deep: (code, message) => JSON.stringify({ request_id: "of the body", a: { b: [{ code, message }] } })
}

describe("each code of the service, in each form of body and under each prefix of the gateway", () => {
  for (const row of rows) {
    const codes = row.code.includes(".")
      ? [row.code]
      : ["APIGW", "APIG", "APIC"].map((prefix) => `${prefix}.${row.code}`)
    for (const code of codes) {
      it(`${row.status} ${code} ${row.text ?? ""} is ${row.kind}`, () => {
        const text = row.text ?? "in words"
        for (const [form, body] of Object.entries(forms)) {
          const error = refused(row.status, body(code, text))
          assert.strictEqual(error._tag, row.kind, form)
          assert.strictEqual(error.message, `${whoAnswers(code)} answered ${row.status}, ${code}: ${text}`)
          const expected = { status_code: row.status, error_code: code, error_msg: text, request_id: "of the body" }
          assert.deepInclude(error, expected, form)
          assert.strictEqual(error.retry_after, row.retry_after)
          assert.match(hintOf(error).en, row.hint ?? exactly(ErrorTable[row.kind].hint.en))
        }
      })
    }
  }

  const exactly = (text: string) => new RegExp(`^${text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}$`)
})

describe("a 401", () => {
  const said = (message: string) => JSON.stringify({ unauthorized: { code: "401", message } })
  const words: ReadonlyArray<readonly [message: string, kind: Kind, evidence: CredentialEvidence]> = [
    ["Malformed request url", "RequestRefused", "none"],
    ["The path is not valid", "RequestRefused", "none"],
    ["the project in the address is not the credential's", "PermissionDenied", "none"],
    ["Tenant not found", "PermissionDenied", "none"],
    ["Please configure Cloud Service Agency first", "PermissionDenied", "none"],
    ["verify aksk signature fail, canonicalRequest:GET|/v3/project/backups", "AuthenticationFailed", "refused"],
    ["signature expired", "AuthenticationFailed", "refused"],
    ["decrypt token fail: of another project", "AuthenticationFailed", "refused"],
    ["The username or password is wrong.", "AuthenticationFailed", "refused"],
    ["The request you have made requires authentication.", "AuthenticationFailed", "refused"],
    ["the token is not known", "AuthenticationFailed", "refused"],
    ["Unauthorized", "AuthenticationFailed", "doubtful"],
    ["", "AuthenticationFailed", "doubtful"]
  ]
  for (const [message, kind, evidence] of words) {
    it(`that says ${JSON.stringify(message)} is ${kind}, and its evidence of the credential is ${evidence}`, () => {
      const error = refused(401, said(message))
      assert.strictEqual(error._tag, kind)
      assert.strictEqual(evidenceOf(Exit.fail(error)), evidence)
    })
  }

  it("of the gateway is of the credential, whatever it says", () => {
    for (const text of ["Unauthorized", "the project differs", ""]) {
      const error = refused(401, forms["flat"]!("APIGW.0301", text))
      assert.strictEqual(evidenceOf(Exit.fail(error)), "refused")
    }
  })

  it("about the project or the address has a hint that leaves the key alone", () => {
    assert.match(
      hintOf(refused(401, said("the project is another's"))).en,
      /^the project is not one of this credential's/
    )
    assert.match(hintOf(refused(401, said("Malformed request url"))).en, /^check the project id and the backup id/)
  })
})

describe("a status whose body says nothing of use", () => {
  const statuses: ReadonlyArray<readonly [status: number, kind: Kind]> = [
    [204, "OtherStatus"],
    [302, "OtherStatus"],
    [400, "OtherStatus"],
    [401, "AuthenticationFailed"],
    [403, "PermissionDenied"],
    [404, "BackupNotFound"],
    [405, "OtherStatus"],
    [407, "OtherStatus"],
    [408, "TimedOut"],
    [414, "OtherStatus"],
    [418, "OtherStatus"],
    [429, "RateLimited"],
    [431, "OtherStatus"],
    [494, "OtherStatus"],
    [500, "ServiceUnavailable"],
    [501, "ServiceUnavailable"],
    [502, "ServiceUnavailable"],
    [503, "ServiceUnavailable"],
    [504, "ServiceUnavailable"]
  ]
  const bodies: ReadonlyArray<readonly [name: string, text: string, words: string | undefined]> = [
    ["nothing", "", undefined],
    ["white space", " \r\n", undefined],
    ["HTML", "<html><body><h1>Bad Gateway</h1></body></html>", undefined],
    ["XML", `<?xml version="1.0"?><Error/>`, undefined],
    ["an empty object", "{}", undefined],
    ["an empty array", "[]", undefined],
    ["nulls", `{"error_code":null,"error_msg":null}`, undefined],
    ["empty texts", `{"error_code":"","error_msg":""}`, undefined],
    ["text", "upstream connect error", "upstream connect error"],
    ["truncated JSON", `{"error_co`, `{"error_co`]
  ]
  for (const [status, kind] of statuses) {
    it(`${status} is ${kind}`, () => {
      for (const [name, text, words] of bodies) {
        const error = refused(status, text)
        assert.strictEqual(error._tag, kind, name)
        assert.strictEqual(error.error_msg, words, name)
        assert.notProperty(error, "error_code")
        assert.strictEqual(error.message, `CBR answered ${status}${words === undefined ? "" : `, ${words}`}`)
      }
    })
  }

  it("a request head that was too large has a hint of its own", () => {
    for (const status of [414, 431, 494]) assert.match(hintOf(refused(status, "")).en, /head is too large/)
  })

  it("only the server's failures that pass are worth a retry", () => {
    assert.deepStrictEqual(
      statuses.map(([status]) => status).filter((status) => isRetryable(refused(status, ""))),
      [408, 429, 500, 502, 503, 504]
    )
  })
})

describe("an answer that came through a proxy", () => {
  const headers = { "x-cbr-proxy-request-id": "exampleSecret of the proxy" }
  const sent = { secrets: [Redacted.make("exampleSecret")] }

  it("names the proxy, and its id of the call", () => {
    const words = "CBR answered 200, but the body is not JSON"
    const error = refused(502, forms["flat"]!("CbrProxy.MalformedResponse", words), { headers, secrets: sent })
    assert.strictEqual(error.message, `the proxy answered 502, CbrProxy.MalformedResponse: ${words}`)
    assert.strictEqual(error.proxy_request_id, "<redacted> of the proxy")
    assert.notProperty(refused(502, ""), "proxy_request_id")
  })

  it("that refuses a credential is about the proxy's", () => {
    for (const words of ["verify aksk signature fail", "decrypt token fail", "signature expired"]) {
      const error = refused(502, forms["flat"]!("APIGW.0301", words), { headers })
      assert.strictEqual(error._tag, "AuthenticationFailed")
      assert.match(hintOf(error).en, /^the proxy in between has no key that the cloud accepts/)
    }
    assert.match(hintOf(refused(404, forms["flat"]!("APIGW.0101", "x"), { headers })).en, /^no such API/)
    const own = refused(401, forms["flat"]!("CbrProxy.Unauthenticated", "x"), { headers })
    assert.match(hintOf(own).en, /^set CBR_TOKEN to the proxy's key/)
  })
})

describe("what a proxy failed with by code", () => {
  const headers = { "x-cbr-proxy-request-id": "p" }
  const failure = { code: "no-answer-for-caller", milliseconds: 500 }
  const error_msg = "the cloud gave no answer within the caller's 500 ms"
  const failureIn = (problem: object, more: Partial<ErrorResponse> = { headers }) => {
    const { detail, message } = refused(504, JSON.stringify({ error_code: "CbrProxy.TimedOut", ...problem }), more)
    assert.include(message, "500 ms")
    return detail.code === "answered" ? detail.failure : undefined
  }

  it("is read, and says the same", () => {
    assert.deepStrictEqual<unknown>(failureIn({ error_msg, failure }), failure)
  })

  it("is left where it makes other words, has no known code, or comes from no proxy", () => {
    assert.isUndefined(failureIn({ error_msg: `${error_msg}!`, failure }))
    assert.isUndefined(failureIn({ error_msg, failure: { ...failure, code: "tea-time" } }))
    assert.isUndefined(failureIn({ error_msg, failure: "none" }))
    assert.isUndefined(failureIn({ error_code: "X.1", error_msg, failure }, {}))
  })

  it("is left where a fact holds what was sent", () => {
    const sent = { secrets: [Redacted.make("exampleSecret")] }
    assert.isUndefined(
      failureIn({ error_msg, failure: { ...failure, more: "exampleSecret" } }, { headers, secrets: sent })
    )
  })
})

describe("IAM's answers", () => {
  const keystone = (code: number, message: string) => JSON.stringify({ error: { code, message, title: "T" } })

  it("a numeric code is the code's text", () => {
    const error = refused(401, keystone(401, "The username or password is wrong."), { service: "IAM" })
    assert.strictEqual(error._tag, "AuthenticationFailed")
    assert.strictEqual(error.error_code, "401")
    assert.strictEqual(error.message, "IAM answered 401, The username or password is wrong.")
  })

  it("a project that IAM does not find is not a missing backup", () => {
    assert.strictEqual(refused(404, keystone(404, "Could not find project"), { service: "IAM" })._tag, "OtherStatus")
  })
})

describe("what is shown of an answer", () => {
  it("a code that is known under one status only counts as its status elsewhere", () => {
    assert.strictEqual(refused(500, forms["flat"]!("APIGW.0302", "x"))._tag, "ServiceUnavailable")
    assert.strictEqual(refused(404, forms["flat"]!("APIGWX.0101", "x"))._tag, "BackupNotFound")
  })

  it("Retry-After counts before what is known of the code", () => {
    const locked = forms["flat"]!("APIGW.0301", "AK access failed to reach the limit")
    assert.strictEqual(refused(401, locked, { retry_after: 17 }).retry_after, 17)
  })

  it("the outer word counts before the inner one", () => {
    const error = refused(400, JSON.stringify({ a: { error_code: "inner", error_msg: "i" }, error_code: "outer" }))
    assert.deepInclude(error, { error_code: "outer", error_msg: "i" })
  })

  it("code, words and request id are all redacted", () => {
    const sent = { secrets: [Redacted.make("exampleSecret")] }
    const text = JSON.stringify({
      error_code: "C exampleSecret",
      error_msg: "M exampleSecret",
      request_id: "R exampleSecret"
    })
    assert.deepInclude(refused(400, text, { secrets: sent }), {
      error_code: "C <redacted>",
      error_msg: "M <redacted>",
      request_id: "R <redacted>"
    })
  })

  it("a body of 100,000 nested objects is read as far as is of use", () => {
    const text = `${`{"a":`.repeat(30_000)}1${"}".repeat(30_000)}`
    assert.strictEqual(refused(503, text)._tag, "ServiceUnavailable")
  })
})

describe("the request id", () => {
  const names = ["x-request-id", "x-openstack-request-id", "x-iam-trace-id"]
  it("comes from the first of its headers that says something, else from the body", () => {
    const headers: Record<string, string> = Object.fromEntries(names.map((name) => [name, `of ${name}`]))
    const body = forms["flat"]!("c", "m")
    for (const name of names) {
      assert.strictEqual(requestId(headers, { secrets: [] }), `of ${name}`)
      assert.strictEqual(refused(404, body, { headers: { ...headers } }).request_id, `of ${name}`)
      headers[name] = " "
    }
    assert.strictEqual(refused(404, body, { headers }).request_id, "of the body")
    assert.notProperty(refused(404, ""), "request_id")
  })
})
