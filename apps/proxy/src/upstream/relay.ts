import type { ShowBackupError } from "@cbr/client"
import type { ShowBackupRequest } from "@cbr/domain"
import * as Effect from "effect/Effect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type { Upstream } from "./Upstreams.ts"

/**
 * Fetches a backup with the proxy's own credentials, and answers with the
 * service's body as it came, to the byte, and its request id. The ids are
 * checked before anything is sent.
 */
export const relay = (
  upstream: Upstream,
  request: ShowBackupRequest
): Effect.Effect<HttpServerResponse.HttpServerResponse, ShowBackupError> =>
  Effect.map(upstream.showBackup(request), ({ raw, request_id }) =>
    HttpServerResponse.uint8Array(new TextEncoder().encode(raw), {
      contentType: "application/json",
      ...(request_id === undefined ? {} : { headers: { "x-request-id": request_id } })
    })
  )
