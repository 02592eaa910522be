import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as ByteSize from "effect/ByteSize"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpIncomingMessage from "effect/http/HttpIncomingMessage"
import * as HttpRouter from "effect/http/HttpRouter"
import type * as HttpServer from "effect/http/HttpServer"
import type { ServeError } from "effect/http/HttpServerError"
import * as Layer from "effect/Layer"
import * as Record from "effect/Record"
import { AccessKeys } from "./AccessKeys.ts"
import { Account } from "./Account.ts"
import { Authentication } from "./Authentication.ts"
import type { ListBehaviour } from "./BackupList.ts"
import { Backups } from "./Backups.ts"
import { CbrHandlers, ListOptions } from "./CbrHandlers.ts"
import { Endpoints } from "./Endpoints.ts"
import { Faults } from "./Faults.ts"
import { builtIn, type Fixture } from "./Fixture.ts"
import { type Fleet, fleet } from "./fixtures/Fleet.ts"
import { IamHandlers } from "./IamHandlers.ts"
import { MetadataHandlers } from "./MetadataHandlers.ts"
import { type Listener, RequestLog } from "./RequestLog.ts"
import { requestPipeline } from "./requestPipeline.ts"
import { reservedFaultIds } from "./ReservedFaults.ts"
import { SecurityTokenHandlers } from "./SecurityTokenHandlers.ts"
import { Simulator } from "./Simulator.ts"
import { StsHandlers } from "./StsHandlers.ts"
import { Tokens } from "./Tokens.ts"

export interface SimulatorOptions {
  /** CBR's port; any free one unless given. */
  readonly port?: number
  /** IAM's port; any free one unless given. */
  readonly iamPort?: number
  /** The port of the metadata and of pod identity; any free one unless given. */
  readonly metadataPort?: number
  /** Backups beside the built-in ones; one of the same project and id takes a built-in's place. */
  readonly fixtures?: ReadonlyArray<Fixture>
  /** So many servers with nightly backups, made for the time of the start. */
  readonly fleet?: number
  /** Deviations of the list. */
  readonly list?: ListBehaviour
}

/**
 * CBR, IAM and a server's metadata on three ports of the loopback interface, for as long as the layer
 * lives. Time is Effect's `Clock`, so `TestClock` ends tokens, lifts locks and
 * lets backups become available.
 *
 * @example
 * const simulator = yield* Simulator
 * const response = yield* HttpClient.get(`${simulator.cbr}/v3/${simulator.project_id}/backups/${simulator.backups.tree}`, {
 *   headers: { "x-auth-token": Redacted.value(yield* simulator.issueToken) }
 * })
 */
export const layer = (options: SimulatorOptions = {}): Layer.Layer<Simulator, ServeError> =>
  Layer.unwrap(
    Effect.map(Clock.currentTimeMillis, (now) =>
      layerOf(options, options.fleet === undefined ? undefined : fleet(options.fleet, now))
    )
  )

const layerOf = (options: SimulatorOptions, made: Fleet | undefined): Layer.Layer<Simulator, ServeError> => {
  const fixtures = [...(made?.fixtures ?? []), ...(options.fixtures ?? [])]
  const account = Account.layer(fixtures.flatMap(({ project_id }) => project_id ?? []))
  const backups = Backups.layer([...Object.values(builtIn), ...fixtures.map((fixture) => [fixture] as const)])
  return Layer.merge(simulator(made), serving).pipe(
    Layer.provide(Layer.succeed(ListOptions, options.list ?? {})),
    Layer.provide(Layer.mergeAll(Authentication.layer, backups, Faults.layer, RequestLog.layer)),
    Layer.provide(Layer.mergeAll(AccessKeys.layer, Tokens.layer)),
    Layer.provide(
      Layer.mergeAll(
        account,
        listening(options),
        NodeCrypto.layerMac,
        NodeCrypto.layerDigest,
        NodeCrypto.layerSecureRandom
      )
    )
  )
}

class Servers extends Context.Service<Servers, Readonly<Record<Listener, HttpServer.HttpServer["Service"]>>>()(
  "@cbr/simulator/Servers"
) {}

const listen = Effect.fnUntraced(function* (port: number) {
  const node = createServer()
  const server = yield* NodeHttpServer.make(() => node, { host: "127.0.0.1", port, disablePreemptiveShutdown: true })
  // Requests that hang on purpose would hold the end back, under TestClock for ever.
  yield* Effect.addFinalizer(() =>
    Effect.callback<void>((resume) => {
      node.close(() => resume(Effect.void))
      node.closeAllConnections()
    })
  )
  return { server, url: `http://127.0.0.1:${(node.address() as AddressInfo).port}` }
})

const listening = ({ iamPort = 0, metadataPort = 0, port = 0 }: SimulatorOptions) =>
  Layer.effectContext(
    Effect.gen(function* () {
      const cbr = yield* listen(port)
      const iam = yield* listen(iamPort)
      const metadata = yield* listen(metadataPort)
      return Context.make(Servers, { cbr: cbr.server, iam: iam.server, metadata: metadata.server }).pipe(
        Context.add(Endpoints, { cbr: cbr.url, iam: iam.url, metadata: metadata.url })
      )
    })
  )

const serving = Layer.effectDiscard(
  Effect.gen(function* () {
    const { cbr, iam, metadata } = yield* Servers
    yield* cbr.serve(asReceived(requestPipeline("cbr", yield* HttpRouter.toHttpEffect(CbrHandlers))))
    const iamHandlers = Layer.mergeAll(IamHandlers, SecurityTokenHandlers, StsHandlers)
    yield* iam.serve(asReceived(requestPipeline("iam", yield* HttpRouter.toHttpEffect(iamHandlers))))
    yield* metadata.serve(asReceived(requestPipeline("metadata", yield* HttpRouter.toHttpEffect(MetadataHandlers))))
  })
).pipe(
  Layer.provide(
    Layer.succeed(HttpRouter.RouterConfig, {
      caseSensitive: true,
      ignoreTrailingSlash: false,
      ignoreDuplicateSlashes: false
    })
  )
)

const asReceived = Effect.provideService(HttpIncomingMessage.MaxBodySize, ByteSize.mebibytes(1))

const simulator = (made: Fleet | undefined) =>
  Layer.effect(
    Simulator,
    Effect.gen(function* () {
      const account = yield* Account
      const backups = yield* Backups
      const endpoints = yield* Endpoints
      const faults = yield* Faults
      const keys = yield* AccessKeys
      const log = yield* RequestLog
      const tokens = yield* Tokens
      const [project] = account.projects
      return Simulator.of({
        ...endpoints,
        ...account.accessKey,
        region: account.region,
        project_id: project.id,
        user: account.user.name,
        password: account.user.password,
        domain: account.domain.name,
        agency: account.agency,
        federation: account.federation,
        pod: account.pod,
        backups: Record.map(builtIn, ([{ backup_id }]) => backup_id),
        fleet: made === undefined ? undefined : withoutFixtures(made),
        faults: reservedFaultIds,
        put: backups.put,
        remove: backups.remove,
        inject: faults.inject,
        clearFaults: faults.clear,
        requests: log.entries,
        clearRequests: log.clear,
        issueToken: Effect.map(tokens.issue(project), ({ token }) => token),
        revokeTokens: tokens.revokeAll,
        issueTemporaryKey: (lifetime) =>
          Effect.map(keys.issueTemporary(lifetime), ({ ak, sk, temporary: { security_token } }) => ({
            ak,
            sk,
            security_token
          }))
      })
    })
  )

const withoutFixtures = ({ fixtures: _, ...named }: Fleet) => named
