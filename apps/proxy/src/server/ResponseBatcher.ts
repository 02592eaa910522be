import type { ServerResponse } from "node:http"
import type { BufferedResponse } from "../http/BufferedResponse.ts"

/** Maximum answers that wait for the end of the turn. */
const most = 64

/**
 * Writes the answers of an event loop's turn at its end, one right behind the
 * other. A peer on this machine that waits for several is woken once, and not
 * for each of them anew, which is what costs most in writing. After a turn
 * with one answer alone the first of the next is not kept: another is
 * unlikely to come.
 *
 * @param onDefect told why an answer cannot be written; that costs its own connection, and no other answer
 */
export const makeResponseBatcher = (
  onDefect: (defect: unknown) => void
): ((response: ServerResponse, answer: BufferedResponse) => void) => {
  let ofThisTurn = 0
  let ofTheLast = 0
  let decided: Array<readonly [ServerResponse, BufferedResponse]> = []
  const write = (response: ServerResponse, answer: BufferedResponse) => writeResponse(response, answer, onDefect)
  const flush = () => {
    const answers = decided
    decided = []
    for (const [response, answer] of answers) write(response, answer)
  }
  const end = () => {
    ofTheLast = ofThisTurn
    ofThisTurn = 0
    flush()
  }
  return (response, answer) => {
    ofThisTurn++
    if (ofThisTurn === 1) {
      setImmediate(end)
      if (ofTheLast <= 1) return write(response, answer)
    }
    decided.push([response, answer])
    if (decided.length >= most) flush()
  }
}

/** Writes an answer at once. */
export const writeResponse = (
  response: ServerResponse,
  { body, fields, status }: BufferedResponse,
  onDefect: (defect: unknown) => void
): void => {
  // The peer has left.
  if (response.destroyed) return
  try {
    response.writeHead(status, fields)
    if (typeof body === "string") response.end(body, "latin1")
    else response.end(body)
  } catch (defect) {
    response.req.socket.destroy()
    onDefect(defect)
  }
}
