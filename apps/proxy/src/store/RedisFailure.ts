import * as Redis from "effect/persistence/Redis"

/** The codes with which Redis refuses an operation, to every user or to this one; each with the remedy. */
const refusals = {
  READONLY: "it is a replica, which takes no writes: name the master, or redis.sentinel",
  MOVED: "it is one node of a cluster: name the nodes under redis.cluster",
  CROSSSLOT: "it is a cluster: name its nodes under redis.cluster",
  CLUSTERDOWN: "the cluster has slots that no node serves: see to its nodes",
  NOAUTH: "it wants a user or a password: set redis.username and redis.password_file",
  WRONGPASS: "it does not know this user or password: see redis.username and redis.password_file",
  NOPERM: "its user lacks a right: docs/operations.md has those that the proxy needs",
  WRONGTYPE: "another program has written a key of the proxy: delete the key, or change redis.prefix",
  OOM: "it is full: raise its maxmemory, or let it evict (volatile-lru, which keeps revocations)",
  MISCONF: "it cannot save to its disk, and so takes no writes: see to the disk",
  LOADING: "it is reading its data: it will answer soon",
  MASTERDOWN: "it is a replica without a master: name the master, or redis.sentinel",
  NOREPLICAS: "it wants more replicas than it has before it takes writes: see to them",
  BUSY: "another client's script keeps it busy"
} as const

type Refusal = keyof typeof refusals

const codes = new RegExp(`\\b(${Object.keys(refusals).join("|")})\\b`)

const codeIn = (text: string) => codes.exec(text)?.[1] as Refusal | undefined

/** The error of an operation while there is no connection. */
export const away = new Redis.RedisError({ cause: new Error("Redis is away") })

/** The error of an operation that took longer than its limit. */
export const slow = new Redis.RedisError({ cause: new Error("Redis is too slow") })

/** The limiter of Effect wraps an error of Redis in another one. */
const textOf = ({ cause }: Redis.RedisError): string =>
  cause instanceof Redis.RedisError ? textOf(cause) : cause instanceof Error ? cause.message : String(cause)

/** The code with which Redis refused the operation; `undefined` if the operation failed without a refusal. */
export const refusalOf = (error: Redis.RedisError): Refusal | undefined => codeIn(textOf(error))

/** The word for the metric: the code of a refusal, or `slow`, `away`, `failed`. */
export const reasonOf = (error: Redis.RedisError): string =>
  error === slow ? "slow" : error === away ? "away" : (refusalOf(error)?.toLowerCase() ?? "failed")

/** A failure in one line: the code of Redis with the remedy, or the text of the connection's error. */
export const sayingOf = (error: Redis.RedisError): string => {
  const text = textOf(error)
  const code = codeIn(text)
  return code === undefined ? text : `${code}, ${refusals[code]}`
}

/** Whether Redis is well: it answers other operations, and has refused this one for its key, its user or its script. */
export const isOfOneOperation = (error: Redis.RedisError): boolean => {
  const code = refusalOf(error)
  return code === "NOPERM" || code === "WRONGTYPE" || textOf(error).includes("NOSCRIPT")
}
