import { execFile } from "node:child_process"
import { promisify } from "node:util"
import { Effect, Schedule, type Scope } from "effect"
import type { RedisAddress, RedisNode } from "../../src/store/RedisAddress.ts"
import { freePort, makeRedisServer, type RedisServer } from "./RedisServer.ts"

/** Servers that work as one. */
export interface RedisGroup {
  readonly address: RedisAddress
  readonly servers: ReadonlyArray<RedisServer>
}

const nodeOf = ({ url }: RedisServer): RedisNode => ({ host: "127.0.0.1", port: Number(new URL(url).port) })

const eventually = (is: Effect.Effect<boolean>) =>
  Effect.flatMap(is, (yes) => (yes ? Effect.void : Effect.fail("not yet"))).pipe(
    Effect.retry(Schedule.spaced("50 millis").pipe(Schedule.upTo({ times: 400 }))),
    Effect.orDie
  )

/** A master, a replica of it, and three sentinels that watch them; the first of the servers is the master. */
export const makeSentinelGroup: Effect.Effect<RedisGroup, never, Scope.Scope> = Effect.gen(function* () {
  const master = yield* makeRedisServer()
  const replica = yield* makeRedisServer("--replicaof", "127.0.0.1", String(nodeOf(master).port))
  yield* eventually(Effect.map(replica.cli("info", "replication"), (told) => told.includes("master_link_status:up")))
  const watch = [
    `sentinel monitor main 127.0.0.1 ${nodeOf(master).port} 2`,
    "sentinel down-after-milliseconds main 500",
    "sentinel failover-timeout main 5000"
  ]
  const sentinels = yield* Effect.forEach(Array.from({ length: 3 }), () => makeRedisServer({ sentinel: watch }))
  for (const sentinel of sentinels) {
    yield* eventually(
      Effect.map(
        sentinel.cli("sentinel", "master", "main"),
        (told) => /num-other-sentinels\n2/.test(told) && /num-slaves\n1/.test(told)
      )
    )
  }
  return {
    address: { place: { _tag: "Sentinel", name: "main", nodes: sentinels.map(nodeOf) } },
    servers: [master, replica]
  }
})

/** Three masters that share the slots of a cluster. */
export const makeCluster: Effect.Effect<RedisGroup, never, Scope.Scope> = Effect.gen(function* () {
  const servers = yield* Effect.forEach(Array.from({ length: 3 }), () =>
    Effect.flatMap(Effect.promise(freePort), (port) =>
      makeRedisServer("--cluster-enabled", "yes", "--cluster-node-timeout", "1000", "--cluster-port", String(port))
    )
  )
  const nodes = servers.map(nodeOf)
  yield* Effect.promise(async () => {
    const words = nodes.map(({ host, port }) => `${host}:${port}`)
    await promisify(execFile)("redis-cli", ["--cluster", "create", ...words, "--cluster-yes"])
  })
  for (const server of servers) {
    yield* eventually(Effect.map(server.cli("cluster", "info"), (told) => told.includes("cluster_state:ok")))
  }
  return { address: { place: { _tag: "Cluster", nodes } }, servers }
})
