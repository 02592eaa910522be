import {
  type Addresses,
  type Attempt,
  BackupClient,
  CallerIdentity,
  CredentialChain,
  Credentials,
  defaultResiliencePolicy,
  MetadataHttpClient,
  Endpoint,
  OnAttempt,
  ProjectDiscovery,
  KeyLockoutGuard,
  ResiliencePolicy,
  type ShowBackupError,
  type UserDirectories,
  withCallTimeout
} from "@cbr/client"
import * as Cache from "effect/Cache"
import * as Console from "effect/Console"
import * as Context from "effect/Context"
import type * as Digest from "effect/crypto/Digest"
import type * as Mac from "effect/crypto/Mac"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import type * as Path from "effect/Path"
import * as Scope from "effect/Scope"
import { OutputOptions } from "../args/OutputOptions.ts"
import { Messages } from "../messages/Messages.ts"
import { wrapPlain } from "../text/wrap.ts"
import { writeAttempt } from "./TraceFile.ts"

/** Options of the calls of a client. */
export interface CallOptions {
  readonly callTimeout: Duration.Duration
  readonly retries: number
  /** Whether each attempt is printed on stderr. */
  readonly debug: boolean
  /** The file that each attempt is written to. */
  readonly traceFile: string | undefined
}

/**
 * The clients and credentials of this command line, one for each set of addresses. A thousand ids share a connection, a
 * token and a key's lockout guard.
 */
export class ClientPool extends Context.Service<
  ClientPool,
  {
    /** The credential for these addresses, from the first source of this machine that has one. */
    readonly credentials: (addresses: Addresses) => Effect.Effect<Credentials["Service"]>
    readonly client: (addresses: Addresses, options: CallOptions) => Effect.Effect<BackupClient["Service"]>
    /**
     * The id of the project that the addresses or the credential name, or of the region's default project, from IAM.
     */
    readonly projectId: (addresses: Addresses, options: CallOptions) => Effect.Effect<string, ShowBackupError>
    /** The owner of the credential for these addresses, if a service can be asked. */
    readonly identity: (
      addresses: Addresses,
      options: CallOptions
    ) => Effect.Effect<CallerIdentity.CallerIdentity | undefined, ShowBackupError>
  }
>()("@cbr/cli/ClientPool") {
  static readonly layer: Layer.Layer<
    ClientPool,
    never,
    | HttpClient.HttpClient
    | MetadataHttpClient
    | FileSystem.FileSystem
    | Path.Path
    | UserDirectories
    | Mac.Mac
    | Digest.Digest
  > = Layer.effect(
    ClientPool,
    Effect.gen(function* () {
      const context = yield* Effect.context<Exclude<CredentialChain.Requirements, Endpoint> | Scope.Scope>()

      const credentials = yield* cached((addresses: Addresses) =>
        Layer.build(
          KeyLockoutGuard.layer.pipe(
            Layer.provide(
              Layer.effect(Credentials, Effect.flatMap(CredentialChain.sourcesInOrder, CredentialChain.make))
            )
          )
        ).pipe(
          Effect.map((built) => Context.get(built, Credentials)),
          Effect.provideService(Endpoint, addresses),
          Effect.provideContext(context)
        )
      )
      const connected =
        <A, E, R>(make: Effect.Effect<A, E, R>) =>
        (addresses: Addresses, { callTimeout, debug, retries, traceFile }: CallOptions) =>
          Effect.flatMap(credentials(addresses), (service) =>
            make.pipe(
              Effect.provideService(Endpoint, addresses),
              Effect.provideService(Credentials, service),
              Effect.provideService(ResiliencePolicy, {
                ...withCallTimeout(defaultResiliencePolicy, callTimeout),
                retries
              }),
              Effect.provideService(OnAttempt, (attempt) =>
                Effect.andThen(
                  debug ? printAttempt(attempt) : Effect.void,
                  traceFile === undefined
                    ? Effect.void
                    : Effect.provideContext(writeAttempt(traceFile)(attempt), context)
                )
              ),
              Effect.provideContext(context)
            )
          )
      const clients = yield* cached(([addresses, options]: Call) => connected(BackupClient.make)(addresses, options))
      const projects = yield* cached(([addresses, options]: Call) =>
        connected(ProjectDiscovery.make)(addresses, options)
      )
      return ClientPool.of({
        credentials,
        identity: connected(CallerIdentity.ask),
        client: (addresses, options) => clients(callOf(addresses, options)),
        projectId: (addresses, options) =>
          Effect.flatMap(projects(callOf(addresses, options)), ({ projectId }) => projectId)
      })
    })
  )
}

type Call = readonly [Addresses, CallOptions]

/** The key of a client: the options alone, of settings that may have more. */
const callOf = (addresses: Addresses, { callTimeout, debug, retries, traceFile }: CallOptions): Call => [
  addresses,
  { callTimeout, debug, retries, traceFile }
]

/** Makes and keeps one value for each key; keys are equal if their content is. */
const cached = <Key, A>(lookup: (key: Key) => Effect.Effect<A>) =>
  Effect.map(
    Cache.make({ capacity: 64, lookup }),
    (cache) =>
      (key: Key): Effect.Effect<A> =>
        Cache.get(cache, key)
  )

/** Prints one attempt in a line, without secrets and without the query of its address. */
const printAttempt = Effect.fnUntraced(function* (attempt: Attempt) {
  const { duration, error, method, number, request_id, status_code, url, wait } = attempt
  const { attempt: words } = yield* Messages
  const millis = (time: Duration.Duration) => `${Math.round(Duration.toMillis(time))} ms`
  const parts = [
    `debug: #${number} ${method} ${url}`,
    [status_code, error].filter((part) => part !== undefined).join(" "),
    millis(duration),
    ...(request_id === undefined ? [] : [words.request(request_id)]),
    ...(wait === undefined ? [] : [words.again(millis(wait))])
  ]
  const { stderrIsTerminal, width } = yield* OutputOptions
  yield* Console.error(wrapPlain([parts.join("  ")], stderrIsTerminal ? width : undefined))
})
