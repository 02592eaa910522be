import * as Context from "effect/Context"

/**
 * What is found out on the way to an answer and belongs to it, be it a backup
 * or a problem. One for each exchange, written as the request is handled.
 */
export interface Notes {
  /** The proxy's own id of the exchange, a UUID. */
  readonly proxy_request_id: string
  /** Fields for the answer. */
  fields: Readonly<Record<string, string>>
}

/** Notes that nobody has written in. */
export const emptyNotes = (proxy_request_id: string): Notes => ({
  proxy_request_id,
  fields: {}
})

/** The notes of the exchange. */
export class AnswerNotes extends Context.Service<AnswerNotes, Notes>()("@cbr/proxy/AnswerNotes") {}
