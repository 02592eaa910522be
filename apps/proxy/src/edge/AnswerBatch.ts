import type { ServerResponse } from "node:http"

/** An answer that is decided, whole. */
export interface WholeAnswer {
  readonly status: number
  /** Names and values in turn. */
  readonly fields: Array<string>
  /** Text stands for bytes, one character for each: Node writes it in one piece with the head. */
  readonly body: Uint8Array | string | undefined
}

/** So many answers don't wait for the end of the turn: the first of them has waited long enough. */
const most = 64

/**
 * Writes answers at the end of the event loop's turn in which they were
 * decided, one right behind the other. A peer on this machine that waits for
 * several is woken once, and not for each of them anew, which is what costs
 * most in writing.
 */
export const answerBatch = (): ((response: ServerResponse, answer: WholeAnswer) => void) => {
  let decided: Array<readonly [ServerResponse, WholeAnswer]> = []
  const flush = () => {
    const answers = decided
    decided = []
    for (const [response, answer] of answers) write(response, answer)
  }
  return (response, answer) => {
    if (decided.length === 0) setImmediate(flush)
    decided.push([response, answer])
    if (decided.length >= most) flush()
  }
}

const write = (response: ServerResponse, { body, fields, status }: WholeAnswer): void => {
  // Its peer has left since.
  if (response.destroyed) return
  response.writeHead(status, fields)
  if (typeof body === "string") response.end(body, "latin1")
  else response.end(body)
}
