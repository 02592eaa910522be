import * as Duration from "effect/Duration"

/** The limits of one peer. The proxy answers a request beyond a limit with the status given here. */
export const defaultHttpLimits = {
  /** Bytes of request line and fields together; 431. */
  headBytes: 16 * 1024,
  /** Header fields of one request; 431. */
  fields: 64,
  /** Characters of a request target; 414. */
  targetLength: 2 * 1024,
  /** Bytes of a request's body; 413, before it is read where its length is given. */
  bodyBytes: 64 * 1024,
  /** From a connection's start, or the end of the request before, until a head is whole; 408. */
  headTime: Duration.seconds(5),
  /** The same until the body is whole; 408. */
  requestTime: Duration.seconds(10),
  /** Interval of the checks of the two times, and of the unread bytes in all: a check is late by this at most. */
  checkInterval: Duration.seconds(1),
  /** Time without a request under way, or with an answer that the peer does not read; the connection ends. */
  idleTime: Duration.seconds(60),
  /** Requests after which the connection ends; the last answer says so. */
  requestsPerConnection: 1_000,
  /** Age at which the connection ends; a request under way is answered first. */
  connectionAge: Duration.minutes(10),
  /** Requests of one connection that are answered at once; those behind them wait. */
  requestsAtOnce: 8,
  /** Unread bytes of a connection's answers at which its next request waits. */
  unsentBytes: 1024 * 1024,
  /** The same of all connections together: beyond it the proxy closes those that have taken nothing for longest. */
  unsentBytesInAll: 256 * 1024 * 1024,
  /** Connections open at once; one more is closed unread. */
  connections: 2_048,
  /**
   * The same for each address: a whole IPv6 network of 64 bits counts as one, being what one peer is commonly given.
   * Behind a proxy that all callers share, raise it to `connections`.
   */
  connectionsPerAddress: 64
}

/** See {@link defaultHttpLimits}. */
export type HttpLimits = Readonly<typeof defaultHttpLimits>
