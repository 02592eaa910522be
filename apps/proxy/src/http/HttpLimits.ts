import * as Duration from "effect/Duration"

/**
 * What one peer may take of the proxy. Beyond each limit stands the answer
 * that it gives; times of connections end them without one.
 */
export interface HttpLimits {
  /** Bytes of request line and fields together; 431. */
  readonly headBytes: number
  /** Header fields of one request; 431. */
  readonly fields: number
  /** Characters of a request target; 414. */
  readonly targetLength: number
  /** Bytes of a request's body; 413, before it is read where its length is given. */
  readonly bodyBytes: number
  /** From a connection's start, or the end of the request before, until a head is whole; 408. */
  readonly headTime: Duration.Duration
  /** The same until the body is whole; 408. */
  readonly requestTime: Duration.Duration
  /** How often the two times, and what is unread in all, are looked at: they are late by this much at most. */
  readonly checkInterval: Duration.Duration
  /** Without a request under way, or with an answer that the peer does not read. */
  readonly idleTime: Duration.Duration
  /** After this many the connection ends; the last answer says so. */
  readonly requestsPerConnection: number
  /** After this long the connection ends; a request under way is answered first. */
  readonly connectionAge: Duration.Duration
  /** Requests of one connection that are answered at once; those behind them wait. */
  readonly requestsAtOnce: number
  /** While so many bytes of a connection's answers are unread, its next request waits. */
  readonly unsentBytes: number
  /** The same of all connections together: beyond it those that have taken nothing for longest are closed. */
  readonly unsentBytesInAll: number
  /** Open at once; one more is closed unread. */
  readonly connections: number
  /**
   * The same for each address: a whole IPv6 network of 64 bits counts as one,
   * being what one peer is commonly given. Behind a proxy that all callers
   * share, raise it to `connections`.
   */
  readonly connectionsPerAddress: number
}

export const defaultHttpLimits: HttpLimits = {
  headBytes: 16 * 1024,
  fields: 64,
  targetLength: 2 * 1024,
  bodyBytes: 64 * 1024,
  headTime: Duration.seconds(5),
  requestTime: Duration.seconds(10),
  checkInterval: Duration.seconds(1),
  idleTime: Duration.seconds(60),
  requestsPerConnection: 1_000,
  connectionAge: Duration.minutes(10),
  requestsAtOnce: 8,
  unsentBytes: 1024 * 1024,
  unsentBytesInAll: 256 * 1024 * 1024,
  connections: 2_048,
  connectionsPerAddress: 64
}
