import { canonicalRequest, canonicalRequestHash, payloadHash, SdkHmacSha256 } from "@cbr/client/signing"
import { showBackupPath } from "@cbr/domain"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { resolveTarget } from "../../calls/CallTarget.ts"
import { ClientPool } from "../../calls/ClientPool.ts"
import type { CallSettings } from "../../calls/SettingResolution.ts"
import { orFailure } from "../../failures/ClientFailure.ts"
import { printDone } from "../../failures/StderrNote.ts"
import { Messages } from "../../messages/Messages.ts"
import { printFindings } from "../../output/Printer.ts"
import { wrapPlain } from "../../text/wrap.ts"
import type { BackupRef } from "../../values/BackupRef.ts"
import { texts } from "./texts.ts"

const mask = "***"

/**
 * Prints the request for a backup without sending it: request line, headers, and for an access key the canonical
 * request and the string to sign. Secrets and the signature are masked, and all but four characters of the key's id.
 */
export const printDryRun = Effect.fnUntraced(function* (ref: BackupRef, settings: CallSettings) {
  const { dryRun } = (yield* Messages).pick(texts)
  const target = yield* resolveTarget(ref, settings)
  const { current } = yield* ClientPool.use(({ credentials }) => credentials(target.addresses))
  const credential = yield* current.pipe(orFailure({ what: ref.text }))
  const host = new URL(target.addresses.cbr).host
  const common = { accept: "application/json" }
  if (credential._tag === "Token") {
    const headers = { ...common, "x-auth-token": mask }
    yield* printFindings({ method: "GET", url: target.url, headers }, ({ width }) =>
      wrapPlain([`GET ${target.url}`, ...headerLines(headers)], width)
    )
    return yield* noteNothingSent
  }

  const request = {
    method: "GET",
    path: showBackupPath(target.request),
    query: "",
    headers: { host, "x-project-id": target.request.project_id }
  }
  const signed = yield* SdkHmacSha256.sign(request, { accessKey: credential.accessKey, date: yield* DateTime.now })
  const { authorization = "", ...signedHeaders } = signed
  const names = Object.keys(signedHeaders).sort()
  const masked = withoutSecrets(signedHeaders)
  const bodyHash = yield* payloadHash(request)
  const shownAs = (headers: Readonly<Record<string, string>>) =>
    canonicalRequest({ ...request, headers }, names, bodyHash)
  const canonical = shownAs(masked)
  const headers = { ...common, ...masked, authorization: maskedAuthorization(authorization) }
  const hash = yield* canonicalRequestHash(shownAs(signedHeaders))
  const toSign = new TextDecoder().decode(SdkHmacSha256.stringToSign(signedHeaders["x-sdk-date"] ?? "", hash))
  yield* printFindings(
    { method: "GET", url: target.url, headers, canonical_request: canonical, string_to_sign: toSign },
    ({ width }) =>
      wrapPlain(
        [
          `GET ${target.url}`,
          ...headerLines(headers),
          "",
          dryRun.canonicalRequest,
          ...indented(canonical),
          "",
          dryRun.stringToSign,
          ...indented(toSign)
        ],
        width
      )
  )
  yield* noteNothingSent
})

const noteNothingSent = printDone(({ pick }) => pick(texts).dryRun.nothingSent)

const headerLines = (headers: Readonly<Record<string, string>>): ReadonlyArray<string> =>
  Object.entries(headers).map(([name, value]) => `${name}: ${value}`)

const indented = (text: string): ReadonlyArray<string> => text.split("\n").map((line) => `  ${line}`)

const withoutSecrets = (headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  headers["x-security-token"] === undefined ? headers : { ...headers, "x-security-token": mask }

const maskedAuthorization = (authorization: string): string =>
  authorization.replace(/(Access=.{4})[^,]*/, `$1${mask}`).replace(/(Signature=).*/, `$1${mask}`)
