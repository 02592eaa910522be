import { type RequestHead, valuesOf } from "../http/RequestHead.ts"
import { type RequestRequirements, validateHead } from "../http/RequestValidation.ts"
import { ProxyError } from "../problems/ProxyError.ts"

/** Position of a request on its keep-alive connection. */
export interface RequestPosition {
  /** The reason for which it is refused; `undefined` if it is served. */
  readonly error: ProxyError | undefined
  /** Whether the connection ends with its answer. */
  readonly isLast: boolean
}

/** Judges a request by its head and by those before it on its connection, and counts it there. */
export const admit = (head: RequestHead, rules: RequestRequirements): RequestPosition => {
  const { connection } = head
  let sequence = sequences.get(connection)
  if (sequence === undefined) sequences.set(connection, (sequence = { requests: 0, hasEnded: false }))
  const error = sequence.hasEnded ? behindTheLast : validateHead(head, rules)
  sequence.requests++
  const isLast = error !== undefined || leavesProtocol(head) || sequence.requests >= rules.limits.requestsPerConnection
  if (isLast) sequence.hasEnded = true
  return { error, isLast }
}

/** Node loses what stands behind an upgrade that it ignores, and behind a "continue" that no client needed. */
const leavesProtocol = (head: RequestHead): boolean =>
  valuesOf(head, "upgrade").length > 0 || (head.method !== "POST" && valuesOf(head, "expect").length > 0)

/** The requests of a connection so far. */
interface Sequence {
  /** Number of its requests. */
  requests: number
  /**
   * Whether it has had its last: the head was malformed, or invited to another
   * protocol, or it was one of many. The bytes behind it may be no request,
   * so those that Node reads there are not served, though it hands them out
   * before the connection ends.
   */
  hasEnded: boolean
}

const sequences = new WeakMap<object, Sequence>()

const behindTheLast = new ProxyError({
  reason: "BadRequest",
  message: "the request follows one that ended the connection"
})
