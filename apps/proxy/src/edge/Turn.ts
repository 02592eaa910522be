import { type HeadRules, refusalOf } from "./HeadRules.ts"
import { Refusal } from "./Refusal.ts"
import { type RequestHead, valuesOf } from "./RequestHead.ts"

/** The turn of a request on its connection. */
export interface Turn {
  /** Why it is not served, if it is not. */
  readonly refusal: Refusal | undefined
  /** Whether the connection ends with its answer. */
  readonly isLast: boolean
}

/**
 * Judges a request by its head and by those that its connection brought
 * before. Changes nothing: the turn is taken by {@link take}.
 */
export const turnOf = (head: RequestHead, rules: HeadRules): Turn => {
  const refusal = ended.has(head.connection) ? behindTheLast : refusalOf(head, rules)
  const requests = (served.get(head.connection) ?? 0) + 1
  return {
    refusal,
    isLast: refusal !== undefined || leavesProtocol(head) || requests >= rules.limits.requestsPerConnection
  }
}

/** Counts a request whose answer is decided; behind the last one nothing is served. */
export const take = ({ connection }: RequestHead, { isLast }: Turn): void => {
  served.set(connection, (served.get(connection) ?? 0) + 1)
  if (isLast) ended.add(connection)
}

/** Node loses what stands behind an upgrade that it ignores, and behind a "continue" that nobody needed. */
const leavesProtocol = (head: RequestHead): boolean =>
  valuesOf(head, "upgrade").length > 0 || (head.method !== "POST" && valuesOf(head, "expect").length > 0)

/**
 * Connections that have had their last request: its head was malformed, or
 * invited to another protocol, or it was one of many. What stands behind it may
 * be no request, so those that Node reads there are not served, though it
 * hands them out before the connection ends.
 */
const ended = new WeakSet<object>()

/** How many requests a connection has brought. */
const served = new WeakMap<object, number>()

const behindTheLast = new Refusal({
  reason: "BadRequest",
  message: "the request follows one that ended the connection"
})
