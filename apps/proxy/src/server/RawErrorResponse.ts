import { STATUS_CODES } from "node:http"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { problemResponse } from "../http/BufferedResponse.ts"
import { responseHeaders } from "../http/ResponseHeaders.ts"
import * as Problem from "../problems/Problem.ts"
import type { ProxyError } from "../problems/ProxyError.ts"

/**
 * The bytes that answer a request which never became one, as the last answer
 * of its connection; with its line in the log, like any other.
 */
export const rawErrorResponse = (refusal: ProxyError): Effect.Effect<Uint8Array, never, SecureRandom.SecureRandom> =>
  Effect.gen(function* () {
    const proxy_request_id = yield* SecureRandom.SecureRandom.use((random) => random.uuidV4())
    const problem = Problem.fromProxyError(refusal)
    yield* Effect.logInfo("answered").pipe(
      Effect.annotateLogs({
        proxy_request_id,
        status: problem.kind.httpStatus,
        problem: problem.kind.slug,
        error_code: problem.error_code,
        error: problem.detail
      })
    )
    const date = new Date((yield* DateTime.now).epochMilliseconds).toUTCString()
    const { body = "", fields, status } = problemResponse(problem, proxy_request_id)
    const all = [...fields, ...responseHeaders(proxy_request_id), "date", date, "connection", "close"]
    let head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n`
    for (let index = 0; index < all.length; index += 2) head += `${all[index]}: ${all[index + 1]}\r\n`
    return Buffer.concat([Buffer.from(`${head}\r\n`, "latin1"), Buffer.from(body)])
  })
