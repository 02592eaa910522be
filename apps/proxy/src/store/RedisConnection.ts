import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redis from "effect/persistence/Redis"
import type * as Scope from "effect/Scope"
import type { RedisAddress } from "./RedisAddress.ts"
import { open, openServer, type RedisClient, sendTo } from "./RedisClient.ts"
import { away } from "./RedisFailure.ts"

/** A connection for commands, made again whenever it breaks. */
export interface RedisConnection {
  readonly send: <A>(command: string, args: ReadonlyArray<string>) => Effect.Effect<A, Redis.RedisError>
  /** Gives the connection up for a new one, which may lead to another server. */
  readonly renew: () => void
}

/** Called by a connection. No text has a password. */
export interface ConnectionListener {
  readonly onConnected: () => void
  readonly onLost: (error: Redis.RedisError) => void
}

/** Makes one connection after the other, in the background, until the scope ends. */
const keepOpen = Effect.fnUntraced(function* <C extends RedisClient>(
  open: (attempt: number, onError: (error: Error) => void) => Effect.Effect<C, Redis.RedisError, Scope.Scope>,
  begin: (client: C) => Promise<unknown>,
  { onConnected, onLost }: ConnectionListener
) {
  let current: C | undefined
  let failures = 0
  let end: (cause: Error) => void = () => undefined

  const once = Effect.gen(function* () {
    const ended = Deferred.makeUnsafe<never, Redis.RedisError>()
    end = (cause) => void Deferred.doneUnsafe(ended, Effect.fail(new Redis.RedisError({ cause })))
    const client = yield* open(failures, end)
    yield* Effect.tryPromise({ try: () => begin(client), catch: (cause) => new Redis.RedisError({ cause }) })
    failures = 0
    current = client
    onConnected()
    return yield* Deferred.await(ended)
  }).pipe(
    Effect.scoped,
    Effect.ensuring(Effect.sync(() => void (current = undefined))),
    Effect.catch((error) => Effect.sync(() => onLost(error)))
  )
  const rest = Effect.suspend(() =>
    Effect.sleep(Duration.millis(Math.min(2 ** failures++ * 50, 1_000) * (0.75 + Math.random() / 2)))
  )
  yield* Effect.forkScoped(Effect.forever(Effect.andThen(once, rest)))
  return { current: () => current, renew: () => end(new Error("given up")) }
})

/** The connection for commands. */
export const connect = Effect.fnUntraced(function* (
  address: RedisAddress,
  listener: ConnectionListener
): Effect.fn.Return<RedisConnection, never, Scope.Scope> {
  const { current, renew } = yield* keepOpen(
    (attempt, onError) => open(address, attempt, onError),
    // A server that wants a password says so at the first command alone.
    (client) => sendTo(client, "PING", []),
    listener
  )
  return {
    renew,
    send: <A>(command: string, args: ReadonlyArray<string>) =>
      Effect.suspend(() => {
        const client = current()
        return client === undefined
          ? Effect.fail(away)
          : Effect.tryPromise({
              try: () => sendTo(client, command, args) as Promise<A>,
              catch: (cause) => new Redis.RedisError({ cause })
            })
      })
  }
})

/** The connection for messages of these channels, which are lost whenever it breaks. */
export const subscribe = (
  address: RedisAddress,
  channels: ReadonlyArray<string>,
  onMessage: (message: string, channel: string) => void,
  listener: ConnectionListener
): Effect.Effect<unknown, never, Scope.Scope> =>
  keepOpen(
    (attempt, onError) => openServer(address, attempt, onError),
    (client) => client.subscribe([...channels], onMessage),
    listener
  )
