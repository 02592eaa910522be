import { STATUS_CODES } from "node:http"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type * as HttpServerResponse from "effect/http/HttpServerResponse"
import { answerFields } from "../http/AnswerFields.ts"
import * as Problem from "../problems/Problem.ts"
import type { Refusal } from "../problems/Refusal.ts"

/**
 * The bytes that answer a request which never became one, as the last answer
 * of its connection; with its line in the log, like any other.
 */
export const unparsedAnswer = (refusal: Refusal): Effect.Effect<Uint8Array, never, SecureRandom.SecureRandom> =>
  Effect.gen(function* () {
    const proxy_request_id = yield* SecureRandom.SecureRandom.use((random) => random.uuidV4())
    const problem = Problem.fromRefusal(refusal)
    yield* Effect.logInfo("answered").pipe(
      Effect.annotateLogs({
        proxy_request_id,
        status: problem.kind.httpStatus,
        problem: problem.kind.slug,
        error_code: problem.error_code,
        error: problem.detail
      })
    )
    const now = new Date((yield* DateTime.now).epochMilliseconds)
    return bytesOf(Problem.toResponse(problem, proxy_request_id), {
      ...answerFields(proxy_request_id),
      date: now.toUTCString(),
      connection: "close"
    })
  })

/** Problems are bytes in memory, never streams. */
const bytesOf = (
  { body, headers, status }: HttpServerResponse.HttpServerResponse,
  fields: Readonly<Record<string, string>>
): Uint8Array => {
  const content = body._tag === "Uint8Array" ? body.body : new Uint8Array()
  const head = Object.entries({ ...headers, ...fields, "content-length": String(content.length) })
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    ...head.map(([name, value]) => `${name}: ${value}`),
    "",
    ""
  ]
  return Buffer.concat([Buffer.from(lines.join("\r\n"), "latin1"), content])
}
