import type * as Redacted from "effect/Redacted"

/** A host and its port. */
export interface RedisNode {
  readonly host: string
  readonly port: number
}

/** The user of a Redis or of its sentinels. */
interface RedisUser {
  readonly username?: string | undefined
  readonly password?: Redacted.Redacted<string> | undefined
}

/** The master that sentinels know by a name. */
export interface SentinelPlace extends RedisUser {
  readonly _tag: "Sentinel"
  readonly name: string
  readonly nodes: ReadonlyArray<RedisNode>
}

/** One server, the master that sentinels know, or a cluster, known by some of its nodes. */
export type RedisPlace =
  | { readonly _tag: "Server"; readonly node: RedisNode; readonly database?: number | undefined }
  | SentinelPlace
  | { readonly _tag: "Cluster"; readonly nodes: ReadonlyArray<RedisNode> }

/** The certificates of a TLS connection, as PEM. */
export interface RedisTls {
  /** Authorities that the proxy trusts; those of Node when absent. */
  readonly ca?: string | undefined
  /** The proxy's certificate and its key, for a Redis that asks its clients for one. */
  readonly cert?: string | undefined
  readonly key?: Redacted.Redacted<string> | undefined
}

/** A Redis and the user that signs in there. */
export interface RedisAddress extends RedisUser {
  readonly place: RedisPlace
  /** Plain TCP when absent. */
  readonly tls?: RedisTls | undefined
}
