import { ErrorTable, ShowBackupError } from "@cbr/client"
import { type ReservedFaultName, layer as simulatorLayer, Simulator } from "@cbr/simulator"
import { assert, it, layer } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { commandLine, withAccessKey } from "../CommandLine.ts"

interface Row {
  readonly fault: ReservedFaultName
  readonly kind: keyof typeof ErrorTable
  /** The contract, written out: the table must not move it. */
  readonly exitCode: number
  /** What the the lines of an error must say. */
  readonly says: RegExp
  /** Less than the default where the fault would take it all. */
  readonly timeout?: string
}

const securityToken = "temporary-security-token"

const requestId = /^ {2}ids: {3}request [0-9a-f]{32} {2}time \d{4}-/

const rows: ReadonlyArray<Row> = [
  { fault: "signature_refused", kind: "AuthenticationFailed", exitCode: 4, says: /401, APIGW\.0301.*aksk.*key/s },
  { fault: "access_key_locked", kind: "AuthenticationFailed", exitCode: 4, says: /locked.*retry in 300 s/ },
  { fault: "token_expired", kind: "AuthenticationFailed", exitCode: 4, says: /new token/ },
  { fault: "authentication_failed", kind: "AuthenticationFailed", exitCode: 4, says: /500, BackupService\.9998/ },
  { fault: "project_refused", kind: "PermissionDenied", exitCode: 4, says: /project is not one of this credential's/ },
  {
    fault: "address_refused",
    kind: "RequestRefused",
    exitCode: 4,
    says: /Malformed request url.*check the project id/s
  },
  { fault: "authentication_unnamed", kind: "AuthenticationFailed", exitCode: 4, says: /401.*Unauthorized/ },
  { fault: "request_refused", kind: "RequestRefused", exitCode: 4, says: /400, BackupService\.9900.*the backup id/s },
  { fault: "request_in_conflict", kind: "RequestRefused", exitCode: 4, says: /409, SYS\.0409.*refuses the same/s },
  { fault: "forbidden", kind: "PermissionDenied", exitCode: 4, says: /403, BackupService\.8600/ },
  { fault: "not_found", kind: "BackupNotFound", exitCode: 5, says: /404, BackupService\.6200/ },
  { fault: "no_such_api", kind: "OtherStatus", exitCode: 11, says: /APIGW\.0101.*endpoint/s },
  { fault: "rate_limited", kind: "RateLimited", exitCode: 6, says: /429, APIGW\.0308.*4 attempts.*retry in 1 s/s },
  { fault: "rate_limited", kind: "TimedOut", exitCode: 10, says: /call timeout.*429/, timeout: "900ms" },
  { fault: "server_error", kind: "ServiceUnavailable", exitCode: 7, says: /500, BackupService\.9910.*4 attempts/ },
  { fault: "unavailable", kind: "ServiceUnavailable", exitCode: 7, says: /503, APIGW\.0613.*4 attempts/ },
  { fault: "backend_timeout", kind: "ServiceUnavailable", exitCode: 7, says: /504, APIGW\.0201.*4 attempts/ },
  { fault: "load_balancer_error", kind: "ServiceUnavailable", exitCode: 7, says: /502.*4 attempts/ },
  { fault: "other_status", kind: "OtherStatus", exitCode: 11, says: /418/ },
  { fault: "redirect", kind: "OtherStatus", exitCode: 11, says: /302/ },
  { fault: "malformed_json", kind: "MalformedResponse", exitCode: 11, says: /not JSON/ },
  { fault: "html", kind: "MalformedResponse", exitCode: 11, says: /not JSON/ },
  { fault: "empty", kind: "MalformedResponse", exitCode: 11, says: /empty/ },
  { fault: "gzip", kind: "MalformedResponse", exitCode: 11, says: /compressed/ },
  { fault: "wrong_length", kind: "MalformedResponse", exitCode: 11, says: /not JSON/ },
  { fault: "too_large", kind: "ResponseTooLarge", exitCode: 11, says: /larger than 16777216 bytes/ },
  { fault: "cut_mid_body", kind: "ConnectionFailed", exitCode: 8, says: /broke.*4 attempts/ },
  { fault: "cut_chunks", kind: "ConnectionFailed", exitCode: 8, says: /broke.*4 attempts/ },
  { fault: "cut_gzip", kind: "MalformedResponse", exitCode: 11, says: /compressed.*4 attempts/ },
  { fault: "reset", kind: "ConnectionFailed", exitCode: 8, says: /broke.*4 attempts/ },
  { fault: "stall_mid_body", kind: "TimedOut", exitCode: 10, says: /0\.5 s/, timeout: "500ms" },
  { fault: "hang", kind: "TimedOut", exitCode: 10, says: /0\.5 s/, timeout: "500ms" }
]

/** What the client's own checks raise, before any fault could: `commands/show/command.test.ts` has them. */
const beforeAnyRequest = ["InvalidRequest", "NoCredentials"]

it("every kind of error of one call has a row in this table", () => {
  const covered = new Set([...beforeAnyRequest, ...rows.map(({ kind }) => kind)])
  assert.sameMembers(
    [...covered],
    ShowBackupError.members.map((member) => member.identifier)
  )
})

layer(simulatorLayer(), { excludeTestServices: true })("a fault of the simulator", (it) => {
  it.effect.each(
    rows.map((row) => ({
      ...row,
      title: row.timeout === undefined ? row.fault : `${row.fault} within ${row.timeout}`
    }))
  )(
    "is $kind for $title: it exits $exitCode with the lines of an error and without a secret",
    ({ exitCode, fault, kind, says, timeout }) =>
      Effect.gen(function* () {
        const simulator = yield* Simulator
        const id = simulator.faults[fault]
        const env = { ...(yield* withAccessKey), HUAWEICLOUD_SDK_SECURITY_TOKEN: securityToken }
        const told = yield* commandLine(["show", id, ...(timeout === undefined ? [] : ["--call-timeout", timeout])], {
          env
        })

        assert.strictEqual(told.exitCode, exitCode)
        assert.strictEqual(told.out, "")
        const [title, what, why, next, ids, ...more] = told.err.split("\n")
        assert.strictEqual(title, `cbr: ${ErrorTable[kind].title.en} (exit ${exitCode})`)
        assert.strictEqual(what, `  what:  ${id}`)
        assert.match(why ?? "", /^ {2}why: {3}\S/)
        assert.match(next ?? "", /^ {2}next: {2}\S/)
        assert.deepStrictEqual(more, [])
        assert.match(told.err, says)
        const wasAnswered = kind !== "ConnectionFailed" && fault !== "hang" && fault !== "stall_mid_body"
        assert.match(ids ?? "", wasAnswered ? requestId : /^$/)

        for (const secret of [Redacted.value(simulator.sk), securityToken, "Signature=", "QUOTEDACCESSKEY00001"]) {
          assert.notInclude(told.err, secret)
        }
      }),
    { concurrent: true }
  )
})
