import { omitUndefined } from "@cbr/domain"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Redis from "effect/persistence/Redis"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import { away } from "./RedisFailure.ts"

/** A host and its port. */
export interface RedisNode {
  readonly host: string
  readonly port: number
}

/** Which Redis: one server, the master that sentinels know by a name, or a cluster, known by some of its nodes. */
export type RedisPlace =
  | { readonly _tag: "Server"; readonly node: RedisNode; readonly database?: number | undefined }
  | {
      readonly _tag: "Sentinel"
      readonly name: string
      readonly nodes: ReadonlyArray<RedisNode>
      readonly username?: string | undefined
      readonly password?: Redacted.Redacted<string> | undefined
    }
  | { readonly _tag: "Cluster"; readonly nodes: ReadonlyArray<RedisNode> }

/** How the proxy speaks TLS with Redis; each as PEM. */
export interface RedisTls {
  /** Authorities that are trusted; those of Node when absent. */
  readonly ca?: string | undefined
  /** What the proxy shows of itself, where Redis asks its clients. */
  readonly cert?: string | undefined
  readonly key?: Redacted.Redacted<string> | undefined
}

/** Which Redis, and how to sign in there. */
export interface RedisAddress {
  readonly place: RedisPlace
  readonly username?: string | undefined
  readonly password?: Redacted.Redacted<string> | undefined
  /** Plain TCP when absent. */
  readonly tls?: RedisTls | undefined
}

/** A connection to Redis, made again whenever it breaks. */
export interface RedisConnection {
  /** Done when Redis was first reached. */
  readonly reached: Deferred.Deferred<void>
  /** Whether a connection stands at the moment. */
  readonly isConnected: () => boolean
  readonly send: <A>(command: string, args: ReadonlyArray<string>) => Effect.Effect<A, Redis.RedisError>
  /** Gives the connection up: what it leads to is of no use any more. */
  readonly renew: () => void
}

/** What a connection tells its owner. No text of it holds a password. */
export interface ConnectionListener {
  readonly onConnected: () => void
  readonly onLost: (why: string) => void
}

/** From the first byte to the end of the sign-in. Node-redis bounds the first part alone. */
const connectLimit = 2_000

/** A Redis that hangs keeps its connection: silence for longer than this breaks it. */
const silence = 3_000

type Client = Awaited<ReturnType<typeof clientOf>>
type Cluster = Awaited<ReturnType<typeof clusterOf>>

const library = () => import("./NodeRedis.ts")

const socketOptions = (node: RedisNode, tls: RedisTls | undefined) => ({
  ...node,
  connectTimeout: 1_000,
  socketTimeout: silence,
  reconnectStrategy: false as const,
  ...(tls === undefined ? {} : { tls: true as const, ...tlsOptions(tls) })
})

const tlsOptions = ({ ca, cert, key }: RedisTls) => ({
  ...omitUndefined({ ca, cert }),
  ...(key === undefined ? {} : { key: Redacted.value(key) })
})

/** User and password by themselves: of what stands in an address node-redis drops one for the other. */
const signIn = ({
  password,
  username
}: {
  readonly username?: string | undefined
  readonly password?: Redacted.Redacted<string> | undefined
}) => ({
  ...omitUndefined({ username }),
  ...(password === undefined ? {} : { password: Redacted.value(password) })
})

const clientOptions = {
  RESP: 2 as const,
  disableClientInfo: true,
  // What cannot be sent now is done without Redis, and would be wrong later.
  disableOfflineQueue: true,
  commandsQueueMaxLength: 10_000,
  pingInterval: 1_000
}

const clientOf = async (
  node: RedisNode,
  { tls, ...user }: Pick<RedisAddress, "username" | "password" | "tls">,
  database?: number
) =>
  (await library()).createClient({
    ...clientOptions,
    ...signIn(user),
    socket: socketOptions(node, tls),
    ...omitUndefined({ database })
  })

const clusterOf = async ({ tls, ...user }: RedisAddress, nodes: ReadonlyArray<RedisNode>) =>
  (await library()).createCluster({
    RESP: 2,
    rootNodes: nodes.map((node) => ({ socket: socketOptions(node, tls) })),
    defaults: {
      ...clientOptions,
      ...signIn(user),
      socket: {
        connectTimeout: 1_000,
        socketTimeout: silence,
        // The cluster's client looks for the node's successor meanwhile.
        reconnectStrategy: (retries: number) => Math.min(2 ** retries * 50, 1_000),
        ...(tls === undefined ? {} : { tls: true as const, ...tlsOptions(tls) })
      }
    },
    topologyRefreshOnReconnectionAttemptStrategy: 500
  })

/** What both kinds of client have. */
interface Connectable {
  readonly connect: () => Promise<unknown>
  readonly destroy: () => unknown
  readonly on: (event: "error", listener: (error: Error) => void) => unknown
}

/** Ends what `connect` began when it takes too long, and tells why a connection could not be made. */
const connected = async <C extends Connectable>(made: Promise<C>, onError: (error: Error) => void): Promise<C> => {
  const client = await made
  client.on("error", onError)
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no connection within ${connectLimit} ms`)), connectLimit)
  })
  try {
    await Promise.race([client.connect(), late])
    return client
  } catch (error) {
    destroyed(client)
    throw error
  } finally {
    clearTimeout(timer)
  }
}

/** Good manners would wait for the answers of a Redis that hangs. */
const destroyed = (client: { readonly destroy: () => unknown }): void => {
  try {
    client.destroy()
  } catch {
    // It was closed already.
  }
}

/** The master's address, from the first sentinel that knows it. */
const masterOf = async (
  place: Extract<RedisPlace, { readonly _tag: "Sentinel" }>,
  tls: RedisTls | undefined
): Promise<RedisNode> => {
  let why: unknown = new Error("no sentinel is named")
  for (const node of place.nodes) {
    try {
      const sentinel = await connected(
        clientOf(node, { username: place.username, password: place.password, tls }),
        () => undefined
      )
      try {
        const reply: unknown = await sentinel.sendCommand(["SENTINEL", "GET-MASTER-ADDR-BY-NAME", place.name])
        const [host, port] = Array.isArray(reply) ? reply.map(String) : []
        if (host !== undefined && port !== undefined) return { host, port: Number(port) }
        why = new Error(`no sentinel knows a master by the name ${JSON.stringify(place.name)}`)
      } finally {
        destroyed(sentinel)
      }
    } catch (error) {
      why = error
    }
  }
  throw why
}

/** A node to connect to: the server, the master of now, or one of the cluster's nodes after the other. */
const nodeOf = async ({ place, tls }: RedisAddress, attempt: number): Promise<RedisNode> => {
  switch (place._tag) {
    case "Server":
      return place.node
    case "Sentinel":
      return masterOf(place, tls)
    case "Cluster":
      return place.nodes[attempt % place.nodes.length]!
  }
}

const plainClient = async (address: RedisAddress, attempt: number, onError: (error: Error) => void) => {
  const { place } = address
  const database = place._tag === "Server" ? place.database : undefined
  return connected(clientOf(await nodeOf(address, attempt), address, database), onError)
}

/** Where the key of a command stands among its arguments; a command without one may go to any node. */
const keyOf = (command: string, args: ReadonlyArray<string>): string | undefined =>
  command === "EVALSHA" || command === "EVAL"
    ? args[2]
    : command === "PING" || command === "SCRIPT"
      ? undefined
      : args[0]

type Send = (command: string, args: ReadonlyArray<string>) => Promise<unknown>

const sendToCluster =
  (cluster: Cluster): Send =>
  async (command, args) => {
    const key = keyOf(command, args)
    if (key !== undefined) return cluster.sendCommand(key, false, [command, ...args])
    // A script is loaded where it will run, and that may be anywhere.
    const replies = await Promise.all(
      cluster.masters.map(async (master) => (await cluster.nodeClient(master)).sendCommand([command, ...args]))
    )
    return replies[0]
  }

const sendToServer =
  (client: Client): Send =>
  (command, args) =>
    client.sendCommand([command, ...args])

/** Makes a connection again and again, in the background, until the scope ends, which waits for none of it. */
const kept = Effect.fnUntraced(function* <C extends { readonly destroy: () => unknown }>(
  make: (attempt: number, onError: (error: Error) => void) => Promise<C>,
  begin: (client: C) => Promise<void>,
  { onConnected, onLost }: ConnectionListener
): Effect.fn.Return<{ readonly current: () => C | undefined; readonly renew: () => void }, never, Scope.Scope> {
  const lifetime = yield* Scope.make()
  yield* Effect.addFinalizer(() => Effect.forkDetach(Scope.close(lifetime, Exit.void)))
  let current: C | undefined
  let giveUp: () => void = () => undefined
  let failures = 0

  const once = Effect.callback<void>((resume) => {
    let client: C | undefined
    let isOver = false
    const end = (why: string) => {
      if (isOver) return
      isOver = true
      current = undefined
      if (client !== undefined) destroyed(client)
      onLost(why)
      resume(Effect.void)
    }
    giveUp = () => end("given up")
    void (async () => {
      try {
        client = await make(failures, (error) => {
          // A cluster's client goes on after an error of one of its nodes.
          if (!(client !== undefined && "masters" in client)) end(error.message)
        })
        if (isOver) return destroyed(client)
        await begin(client)
        if (isOver) return
        failures = 0
        current = client
        onConnected()
      } catch (error) {
        end(error instanceof Error ? error.message : String(error))
      }
    })()
    return Effect.sync(() => {
      isOver = true
      current = undefined
      if (client !== undefined) destroyed(client)
    })
  })

  yield* Effect.forever(
    Effect.andThen(
      once,
      Effect.suspend(() =>
        Effect.sleep(Duration.millis(Math.min(2 ** failures++ * 50, 1_000) * (0.75 + Math.random() / 2)))
      )
    )
  ).pipe(
    Effect.tapCause((cause) =>
      Cause.hasInterruptsOnly(cause) ? Effect.void : Effect.logError("a defect of the proxy", cause)
    ),
    Effect.forkIn(lifetime)
  )
  return { current: () => current, renew: () => giveUp() }
})

/** The way for commands. */
export const connect = Effect.fnUntraced(function* (
  address: RedisAddress,
  listener: ConnectionListener
): Effect.fn.Return<RedisConnection, never, Scope.Scope> {
  const reached = yield* Deferred.make<void>()
  let send: Send | undefined
  const { place } = address
  const { current, renew } = yield* kept<Client | Cluster>(
    (attempt, onError) =>
      place._tag === "Cluster"
        ? connected(clusterOf(address, place.nodes), onError)
        : plainClient(address, attempt, onError),
    async (client) => {
      send = "masters" in client ? sendToCluster(client) : sendToServer(client)
      await send("PING", [])
    },
    {
      onConnected: () => {
        Deferred.doneUnsafe(reached, Effect.void)
        listener.onConnected()
      },
      onLost: listener.onLost
    }
  )
  return {
    reached,
    renew,
    isConnected: () => current() !== undefined,
    send: <A>(command: string, args: ReadonlyArray<string>) =>
      Effect.suspend(() =>
        current() === undefined || send === undefined
          ? Effect.fail(away)
          : Effect.tryPromise({
              try: () => send!(command, args) as Promise<A>,
              catch: (cause) => new Redis.RedisError({ cause })
            })
      )
  }
})

/** The way of notices: hears all channels over a connection of its own, with a gap whenever that breaks. */
export const subscribe = Effect.fnUntraced(function* (
  address: RedisAddress,
  channels: ReadonlyArray<string>,
  hear: (channel: string, message: string) => void,
  listener: ConnectionListener
): Effect.fn.Return<void, never, Scope.Scope> {
  yield* kept<Client>(
    (attempt, onError) => plainClient(address, attempt, onError),
    async (client) => {
      await client.subscribe([...channels], (message, channel) => hear(channel, message))
    },
    listener
  )
})
