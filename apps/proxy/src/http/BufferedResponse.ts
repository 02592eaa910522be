import { isHeaderValue } from "../problems/HeaderValue.ts"
import { detailsOf, type Problem } from "../problems/Problem.ts"
import { noStore } from "./ResponseHeaders.ts"

/** An answer that is whole, as it goes over the wire. */
export interface BufferedResponse {
  readonly status: number
  /** Names, in lower case, and values in turn, as Node takes them; the answer's own, to which others may be added. */
  readonly fields: Array<string>
  /** Text stands for bytes, one character for each: Node writes it in one piece with the head. */
  readonly body: Uint8Array | string | undefined
  /** Of the body. */
  readonly bytes: number
  /** The cloud's id of its own answer. */
  readonly request_id: string | undefined
}

/** A problem as an answer: its details, and the fields that belong to it. */
export const problemResponse = (problem: Problem, proxy_request_id: string): BufferedResponse => {
  const body = Buffer.from(JSON.stringify(detailsOf(problem, proxy_request_id)))
  const fields: Array<string> = [...noStore]
  const request_id = isHeaderValue(problem.request_id) ? problem.request_id : undefined
  if (request_id !== undefined) fields.push("x-request-id", request_id)
  if (problem.retry_after !== undefined) fields.push("retry-after", String(Math.ceil(problem.retry_after)))
  for (const [name, value] of Object.entries(problem.headers)) fields.push(name, value)
  fields.push("content-type", "application/problem+json", "content-length", String(body.length))
  return { status: problem.kind.httpStatus, fields, body, bytes: body.length, request_id }
}
