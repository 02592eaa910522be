import { omitUndefined } from "@cbr/domain"
import * as Effect from "effect/Effect"
import * as Redis from "effect/persistence/Redis"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import type { RedisAddress, RedisNode, SentinelPlace } from "./RedisAddress.ts"

/** From the first byte to the end of the sign-in. Node-redis bounds the first part alone. */
const connectLimit = "2 seconds"

const failed = (cause: unknown) => new Redis.RedisError({ cause })

const library = Effect.tryPromise({ try: () => import("./NodeRedis.ts"), catch: failed })
type Library = Effect.Success<typeof library>

type Access = Omit<RedisAddress, "place">

/** User and password stand by themselves, since of those in a URL node-redis drops one for the other. */
const optionsOf = ({ password, tls, username }: Access) => ({
  RESP: 2 as const,
  disableClientInfo: true,
  // The replica does without Redis meanwhile, and a late command would be wrong.
  disableOfflineQueue: true,
  commandsQueueMaxLength: 10_000,
  pingInterval: 1_000,
  ...omitUndefined({ username, password: password && Redacted.value(password) }),
  socket: {
    connectTimeout: 1_000,
    // A Redis that hangs keeps its connection: silence for longer than this breaks it.
    socketTimeout: 3_000,
    ...(tls && {
      tls: true as const,
      ...omitUndefined({ ca: tls.ca, cert: tls.cert, key: tls.key && Redacted.value(tls.key) })
    })
  }
})

/** A client of one server. It does not connect again. */
const makeServerClient = ({ createClient }: Library, node: RedisNode, access: Access, database?: number) => {
  const { socket, ...options } = optionsOf(access)
  return createClient({
    ...options,
    ...omitUndefined({ database }),
    socket: { ...socket, ...node, reconnectStrategy: false }
  })
}

/** A client of a cluster. It goes on after the loss of a node, and looks for the node's successor meanwhile. */
const makeClusterClient = ({ createCluster }: Library, nodes: ReadonlyArray<RedisNode>, access: Access) => {
  const { socket, ...options } = optionsOf(access)
  const reconnectStrategy = (retries: number) => Math.min(2 ** retries * 50, 1_000)
  return createCluster({
    RESP: 2,
    rootNodes: nodes.map((node) => ({ socket: node })),
    defaults: { ...options, socket: { ...socket, reconnectStrategy } },
    topologyRefreshOnReconnectionAttemptStrategy: 500
  })
}

/** A client of node-redis. */
export type ServerClient = ReturnType<typeof makeServerClient>
export type RedisClient = ServerClient | ReturnType<typeof makeClusterClient>

const tooLong = Effect.fail(failed(new Error("no connection within 2 s")))

/** Connects a client, which ends with the scope. Fails with the last error that the client told, or after the limit. */
const connected = <C extends RedisClient>(
  make: (library: Library) => C,
  onError: (error: Error) => void = () => undefined
): Effect.Effect<C, Redis.RedisError, Scope.Scope> => {
  let last: Error | undefined
  const made = Effect.map(library, (library) => {
    const client = make(library)
    client.on("error", (error: Error) => {
      last = error
      onError(error)
    })
    return client
  })
  return Effect.acquireRelease(made, (client) => Effect.sync(() => destroy(client))).pipe(
    Effect.tap((client) =>
      Effect.tryPromise({
        try: (): Promise<unknown> => client.connect(),
        catch: (error) => failed(last ?? error)
      }).pipe(Effect.timeoutOrElse({ duration: connectLimit, orElse: () => tooLong }))
    )
  )
}

/** Does not wait for the answers of a Redis that hangs, as `close` does. */
const destroy = (client: RedisClient) => {
  try {
    client.destroy()
  } catch {
    // It was closed already.
  }
}

/** The master's address, from the first sentinel that knows it. */
const masterOf = ({ name, nodes, ...user }: SentinelPlace, { tls }: Access) =>
  Effect.firstSuccessOf(
    nodes.map((node) =>
      Effect.gen(function* () {
        const sentinel = yield* connected((library) => makeServerClient(library, node, { ...user, tls }))
        const reply = yield* Effect.tryPromise({
          try: () => sentinel.sendCommand(["SENTINEL", "GET-MASTER-ADDR-BY-NAME", name]),
          catch: failed
        })
        const [host, port] = Array.isArray(reply) ? reply.map(String) : []
        return host === undefined || port === undefined
          ? yield* Effect.fail(failed(new Error(`no sentinel knows a master by the name ${JSON.stringify(name)}`)))
          : { host, port: Number(port) }
      }).pipe(Effect.scoped)
    )
  )

/**
 * A client of one server: the server of the address, the master of now, or one of the cluster's nodes after the other.
 *
 * @param onError called when the connection is lost
 */
export const openServer = (
  { place, ...access }: RedisAddress,
  attempt: number,
  onError: (error: Error) => void
): Effect.Effect<ServerClient, Redis.RedisError, Scope.Scope> => {
  const connectedTo = (node: RedisNode, database?: number) =>
    connected((library) => makeServerClient(library, node, access, database), onError)
  switch (place._tag) {
    case "Server":
      return connectedTo(place.node, place.database)
    case "Sentinel":
      return Effect.flatMap(masterOf(place, access), (node) => connectedTo(node))
    case "Cluster":
      return connectedTo(place.nodes[attempt % place.nodes.length]!)
  }
}

/** A client for commands: of the whole cluster, where there is one. */
export const open = (
  address: RedisAddress,
  attempt: number,
  onError: (error: Error) => void
): Effect.Effect<RedisClient, Redis.RedisError, Scope.Scope> => {
  const { place } = address
  return place._tag === "Cluster"
    ? connected((library) => makeClusterClient(library, place.nodes, address))
    : openServer(address, attempt, onError)
}

/** Sends a command, in a cluster to the node of its key. Node-redis sends one without a key to every master. */
export const sendTo = (client: RedisClient, command: string, args: ReadonlyArray<string>): Promise<unknown> =>
  "masters" in client
    ? client.sendCommand(args[command === "EVALSHA" ? 2 : 0], false, [command, ...args])
    : client.sendCommand([command, ...args])
