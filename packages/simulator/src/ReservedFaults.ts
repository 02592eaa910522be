import * as Record from "effect/Record"
import { Fault } from "./Fault.ts"
import * as ServiceErrors from "./ServiceError.ts"
import type { ServiceError } from "./ServiceError.ts"

/** Backup ids that always meet the same fault, so that a program can be tried by hand; any project, with or without credentials. */
export const reservedFaultIds = {
  signature_refused: "fa000000-0000-4000-8000-000000000401",
  access_key_locked: "fa000000-0000-4000-8000-000000001401",
  token_expired: "fa000000-0000-4000-8000-000000002401",
  authentication_failed: "fa000000-0000-4000-8000-000000009998",
  project_refused: "fa000000-0000-4000-8000-000000003401",
  address_refused: "fa000000-0000-4000-8000-000000004401",
  authentication_unnamed: "fa000000-0000-4000-8000-000000005401",
  request_refused: "fa000000-0000-4000-8000-000000000400",
  request_in_conflict: "fa000000-0000-4000-8000-000000000409",
  forbidden: "fa000000-0000-4000-8000-000000000403",
  not_found: "fa000000-0000-4000-8000-000000000404",
  no_such_api: "fa000000-0000-4000-8000-000000001404",
  rate_limited: "fa000000-0000-4000-8000-000000000429",
  server_error: "fa000000-0000-4000-8000-000000000500",
  unavailable: "fa000000-0000-4000-8000-000000000503",
  backend_timeout: "fa000000-0000-4000-8000-000000000504",
  load_balancer_error: "fa000000-0000-4000-8000-000000000502",
  other_status: "fa000000-0000-4000-8000-000000000418",
  redirect: "fa000000-0000-4000-8000-000000000302",
  malformed_json: "fa000000-0000-4000-8000-000000000001",
  html: "fa000000-0000-4000-8000-000000000002",
  empty: "fa000000-0000-4000-8000-000000000003",
  too_large: "fa000000-0000-4000-8000-000000000004",
  gzip: "fa000000-0000-4000-8000-000000000005",
  wrong_length: "fa000000-0000-4000-8000-000000000006",
  cut_mid_body: "fa000000-0000-4000-8000-000000000007",
  stall_mid_body: "fa000000-0000-4000-8000-000000000008",
  hang: "fa000000-0000-4000-8000-000000000009",
  reset: "fa000000-0000-4000-8000-00000000000a",
  cut_chunks: "fa000000-0000-4000-8000-00000000000b",
  cut_gzip: "fa000000-0000-4000-8000-00000000000c"
} as const satisfies Record<string, string>

export type ReservedFaultName = keyof typeof reservedFaultIds

const refused = (refusal: ServiceError, headers: Readonly<Record<string, string>> = {}): Fault =>
  Fault.Answer({
    status: refusal.status,
    headers: { "content-type": "application/json", ...headers },
    // The header of the answer has a request id of its own; this one is the id of the body alone.
    body: refusal.body("fa000000000040008000000000000000")
  })

const html =
  "<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please sign in to the network.</body></html>"

/** @param elsewhere where the redirect points: a URL of another origin. */
export const reservedFaults = (
  elsewhere: string
): ReadonlyArray<{ readonly backup_id: string; readonly fault: Fault }> => {
  const faults: Readonly<Record.ReadonlyRecord<ReservedFaultName, Fault>> = {
    signature_refused: refused(
      ServiceErrors.signatureMismatch(
        "GET\n/v3/project/backups/backup/\n\nhost:cbr\nx-sdk-date:20260102T030405Z\n\nhost;x-sdk-date\ne3b0c442",
        "SDK-HMAC-SHA256 Access=QUOTEDACCESSKEY00001, SignedHeaders=host;x-sdk-date, Signature=0badc0de"
      )
    ),
    access_key_locked: refused(ServiceErrors.accessKeyLocked),
    token_expired: refused(ServiceErrors.tokenExpired("2026-01-02T03:04:05.000Z")),
    authentication_failed: refused(ServiceErrors.authenticationFailedBehind),
    project_refused: refused(ServiceErrors.projectNotOfCredential),
    address_refused: refused(ServiceErrors.urlMalformed),
    authentication_unnamed: refused(ServiceErrors.unauthorizedUnnamed),
    request_refused: refused(ServiceErrors.backupIdMalformed),
    request_in_conflict: refused(ServiceErrors.requestInConflict),
    forbidden: refused(ServiceErrors.projectForbidden),
    not_found: refused(ServiceErrors.backupNotFound(reservedFaultIds.not_found)),
    no_such_api: refused(ServiceErrors.apiNotFound),
    rate_limited: refused(ServiceErrors.tooManyRequests, { "retry-after": "1" }),
    server_error: refused(ServiceErrors.unknownError),
    unavailable: refused(ServiceErrors.backendUnavailable),
    backend_timeout: refused(ServiceErrors.backendTimedOut),
    load_balancer_error: Fault.Answer({
      status: 502,
      headers: { "content-type": "text/html" },
      body: "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
    }),
    other_status: Fault.Answer({ status: 418, headers: { "content-type": "text/plain" }, body: "I'm a teapot" }),
    redirect: Fault.Answer({ status: 302, headers: { location: elsewhere } }),
    malformed_json: Fault.Answer({
      status: 200,
      headers: { "content-type": "application/json" },
      body: `{"backup":{"id":"${reservedFaultIds.malformed_json}","status":`
    }),
    html: Fault.Answer({ status: 200, headers: { "content-type": "text/html; charset=utf-8" }, body: html }),
    empty: Fault.Answer({ status: 200, headers: { "content-type": "application/json" }, body: "" }),
    too_large: Fault.HugeBody({ bytes: 17 * 1024 * 1024 }),
    gzip: Fault.Gzip({}),
    wrong_length: Fault.WrongLength({ declared: 100 }),
    cut_mid_body: Fault.CutMidBody({}),
    stall_mid_body: Fault.StallMidBody({}),
    hang: Fault.Hang(),
    reset: Fault.Reset(),
    cut_chunks: Fault.CutChunks({}),
    cut_gzip: Fault.Gzip({ truncated: true })
  }
  return Record.toEntries(faults).map(([name, fault]) => ({ backup_id: reservedFaultIds[name], fault }))
}
