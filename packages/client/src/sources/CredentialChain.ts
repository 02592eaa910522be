import * as Cache from "effect/Cache"
import * as Context from "effect/Context"
import type * as Digest from "effect/crypto/Digest"
import type * as Mac from "effect/crypto/Mac"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as FileSystem from "effect/FileSystem"
import type * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import type * as Path from "effect/Path"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import * as Tracer from "effect/Tracer"
import type { UserDirectories } from "../config/UserDirectories.ts"
import { Credentials } from "../credentials/Credentials.ts"
import type { Endpoint } from "../endpoint/Endpoint.ts"
import type { SearchedPlace } from "../errors/FailureDetails.ts"
import { NoCredentials, type ShowBackupError } from "../errors/ShowBackupError.ts"
import type { MetadataHttpClient } from "../http/MetadataHttpClient.ts"
import { NamedProfile } from "../profiles/ProfileFile.ts"
import { KeyLockoutGuard } from "../resilience/KeyLockoutGuard.ts"
import type { CredentialSource } from "./CredentialSource.ts"
import * as EcsMetadata from "./EcsMetadata.ts"
import * as Environment from "./Environment.ts"
import * as EnvironmentPassword from "./EnvironmentPassword.ts"
import * as Federation from "./Federation.ts"
import * as KooCliFile from "./KooCliFile.ts"
import * as OpenStackCloud from "./OpenStackCloud.ts"
import * as PodIdentity from "./PodIdentity.ts"
import * as Profile from "./Profile.ts"
import * as SdkProfile from "./SdkProfile.ts"

/**
 * The services that the default links need, beside a `Scope`.
 * @category Credential sources
 * @since 0.2.0
 */
export type Requirements =
  | Endpoint
  | HttpClient.HttpClient
  | MetadataHttpClient
  | FileSystem.FileSystem
  | Path.Path
  | UserDirectories
  | Mac.Mac
  | Digest.Digest

const inOrder = [
  Environment.source,
  EnvironmentPassword.source,
  OpenStackCloud.source,
  Federation.source,
  Profile.source,
  SdkProfile.source,
  KooCliFile.source,
  PodIdentity.source,
  EcsMetadata.source()
] as const

/**
 * The places of the credentials' chain, but for links of a caller's own.
 * @category Credential sources
 * @since 0.2.0
 */
export type CredentialPlace = (typeof inOrder)[number]["name"]

/**
 * The default order: the more deliberate a setting, the earlier it stands. Sources that need the network come last.
 * @category Credential sources
 * @since 0.2.0
 */
export const sources: ReadonlyArray<CredentialSource<Requirements | Scope.Scope, CredentialPlace>> = inOrder

/**
 * The {@link sources} in the order for this caller: a profile that the caller names goes first.
 * @category Credential sources
 * @since 0.2.0
 */
export const sourcesInOrder: Effect.Effect<typeof sources> = Effect.map(NamedProfile, (named) =>
  named === undefined ? sources : [Profile.source, ...sources.filter((link) => link !== Profile.source)]
)

/**
 * The link that served, and its credentials.
 * @category Credential sources
 * @since 0.2.0
 */
export interface Found {
  readonly place: string
  readonly credentials: Credentials["Service"]
}

/**
 * Tries the links in order; the first that is set up wins.
 *
 * When all fail, the detail of `NoCredentials` lists each place and why it did
 * not serve, and the message says the same in one line.
 * @category Credential sources
 * @since 0.2.0
 */
export const find = Effect.fn("CredentialChain.find")(function* <R>(
  chain: ReadonlyArray<CredentialSource<R>>
): Effect.fn.Return<Found, ShowBackupError, R> {
  const searched: Array<SearchedPlace> = []
  for (const { resolve: open, name: place } of chain) {
    const opened = yield* Effect.result(open)
    if (Result.isSuccess(opened)) {
      yield* Effect.logDebug(`credentials: ${place}`)
      return { place, credentials: opened.success }
    }
    if (opened.failure._tag !== "NotConfigured") return yield* Effect.fail(opened.failure)
    const { detail: reason, mayAppear: mayCome = false } = opened.failure
    searched.push({ place, reason, ...(mayCome ? { may_come: true } : {}) })
  }
  return yield* new NoCredentials({ detail: { code: "no-credentials", searched } })
})

/**
 * Credentials of the first link that serves, found at the first call and kept.
 * A search that found nothing is repeated after half a minute at the earliest.
 * @category Credential sources
 * @since 0.2.0
 */
export const make = Effect.fnUntraced(function* <R>(chain: ReadonlyArray<CredentialSource<R | Scope.Scope>>) {
  // Without the span in which the layer was built: it would become the parent of every later search.
  const context = Context.omit(Tracer.ParentSpan)(yield* Effect.context<R | Scope.Scope>()) as Context.Context<
    R | Scope.Scope
  >
  const winner = yield* Cache.makeWith((_key: "winner") => Effect.provideContext(find(chain), context), {
    capacity: 1,
    timeToLive: (exit) =>
      Exit.isSuccess(exit) ? Duration.infinity : Exit.hasInterrupts(exit) ? Duration.zero : repeatedAfter
  })
  const found = Effect.map(Cache.get(winner, "winner"), ({ credentials }) => credentials)
  return Credentials.of({
    current: Effect.flatMap(found, ({ current }) => current),
    refused: (credential, error) =>
      Effect.flatMap(found, ({ refused }) => refused(credential, error)).pipe(Effect.orElseSucceed(() => false))
  })
})

const repeatedAfter = Duration.seconds(30)

/**
 * Credentials from wherever this machine has them, guarded against the
 * lock-out: environment, our profile file, the SDKs' file, pod identity, the
 * metadata of an ECS server. Links of your own go first.
 *
 * @example
 * ```ts
 * BackupClient.layer.pipe(Layer.provide(Chain.layer()), Layer.provide(MachineEndpoint.layer))
 * ```
 * @category Credential sources
 * @since 0.2.0
 */
export const layer = <R = never>(
  options: {
    /** Tried before the default links. */
    readonly first?: ReadonlyArray<CredentialSource<R | Scope.Scope>>
  } = {}
): Layer.Layer<Credentials | KeyLockoutGuard, never, Requirements | Exclude<R, Scope.Scope>> =>
  KeyLockoutGuard.layer.pipe(
    Layer.provide(
      Layer.effect(
        Credentials,
        Effect.flatMap(sourcesInOrder, (inOrder) => make<R | Requirements>([...(options.first ?? []), ...inOrder]))
      ) as Layer.Layer<Credentials, never, Requirements | Exclude<R, Scope.Scope>>
    )
  )
