import type * as Redis from "effect/persistence/Redis"

/** Why Redis refuses an operation, to every user or to this one, and what to do about it. */
const refusals = {
  READONLY: "it is a replica, which takes no writes: name the master, or redis.sentinel",
  MOVED: "it is one node of a cluster: name the nodes under redis.cluster",
  CROSSSLOT: "it is a cluster: name its nodes under redis.cluster",
  CLUSTERDOWN: "the cluster has slots that no node serves: see to its nodes",
  NOAUTH: "it wants a user or a password: set redis.username and redis.password_file",
  WRONGPASS: "it does not know this user or password: see redis.username and redis.password_file",
  NOPERM: "its user lacks a right: docs/operations.md has those that the proxy needs",
  OOM: "it is full: raise its maxmemory, or let it evict (volatile-lru, which keeps revocations)",
  MISCONF: "it cannot save to its disk, and so takes no writes: see to the disk",
  LOADING: "it is reading its data: it will answer soon",
  MASTERDOWN: "it is a replica without a master: name the master, or redis.sentinel",
  NOREPLICAS: "it wants more replicas than it has before it takes writes: see to them",
  BUSY: "another client's script keeps it busy"
} as const

const codeOf = (text: string): keyof typeof refusals | undefined =>
  /\b(READONLY|MOVED|CROSSSLOT|CLUSTERDOWN|NOAUTH|WRONGPASS|NOPERM|OOM|MISCONF|LOADING|MASTERDOWN|NOREPLICAS|BUSY)\b/.exec(
    text
  )?.[1] as keyof typeof refusals | undefined

const textOf = ({ cause }: Redis.RedisError): string => (cause instanceof Error ? cause.message : String(cause))

/** One word for the metric: the code of a refusal, or `slow`, `away`, `failed`. */
export const reasonOf = (error: Redis.RedisError): string => {
  const text = textOf(error)
  return (
    codeOf(text)?.toLowerCase() ??
    (text === "Redis is too slow" ? "slow" : text === "Redis is away" ? "away" : "failed")
  )
}

/** Whether Redis has answered, and refused. */
export const isRefusal = (error: Redis.RedisError): boolean => codeOf(textOf(error)) !== undefined

/** What there is to say of a failure in one line: Redis' own code with what to do, or the words of the connection. */
export const sayingOf = (failure: Redis.RedisError | string): string => {
  const text = typeof failure === "string" ? failure : textOf(failure)
  const code = codeOf(text)
  return code === undefined ? text : `${code}, ${refusals[code]}`
}
