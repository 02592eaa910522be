/**
 * The client for programs without Effect: promises, async iterables,
 * `AbortSignal`, and errors for `instanceof`. It needs nothing but `fetch` and
 * WebCrypto, so it runs in Node, in browsers and at the edge.
 */
import { type ShowBackupRequest, type ShowBackupResponse, omitUndefined } from "@cbr/domain"
import * as Digest from "effect/crypto/Digest"
import * as Mac from "effect/crypto/Mac"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Redacted from "effect/Redacted"
import * as References from "effect/References"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { BackupClientService } from "./calls/BackupClient.ts"
import type { BackupClient as Service } from "./calls/BackupClientConfig.ts"
import { latestBackup } from "./calls/LatestBackup.ts"
import {
  listBackups,
  type ListBackupsFilter,
  type ListBackupsOptions as EffectListOptions
} from "./calls/ListBackups.ts"
import { showMany } from "./calls/ShowMany.ts"
import { Credentials } from "./credentials/Credentials.ts"
import { endpointService, makeAddresses } from "./endpoint/Addresses.ts"
import { InvalidRequest, NoCredentials } from "./errors/ShowBackupError.ts"
import { abortable, abortableStream, type Closing, endedAlready } from "./promise/abort.ts"
import type { BackupError } from "./promise/BackupErrors.ts"
import { at } from "./promise/CallSite.ts"
import type {
  BackupClientOptions,
  LatestOptions,
  ListFilter,
  ListOptions,
  ManyOptions,
  RequestOptions,
  ResourceFilter,
  WaitOptions,
  WatchOptions
} from "./promise/Options.ts"
import { faultOfTypes, given, notOfType } from "./promise/OptionTypes.ts"
import type { Plain } from "./promise/PlainTypes.ts"
import { validateCount, validateMilliseconds } from "./resilience/PolicyValidation.ts"
import { defaultResiliencePolicy, ResiliencePolicy, withCallTimeout } from "./resilience/ResiliencePolicy.ts"
import { changes, type WatchOptions as EffectWatchOptions } from "./watching/Changes.ts"
import { satisfies, type WaitCondition } from "./watching/WaitCondition.ts"
import { parse } from "./watching/WaitConditionText.ts"
import { waitUntil } from "./watching/WaitUntil.ts"

export { ErrorTable } from "./errors/ErrorTable.ts"
export type { FailureDetail } from "./errors/FailureDetails.ts"
export { failureText } from "./errors/FailureText.ts"
export * from "./promise/BackupErrors.ts"
export type {
  BackupClientOptions,
  LatestOptions,
  ListFilter,
  ListOptions,
  ManyOptions,
  RequestOptions,
  ResourceFilter,
  WaitOptions,
  WatchOptions
} from "./promise/Options.ts"
export type { ErrorClass, Plain, PlainError, PlainTimestamp } from "./promise/PlainTypes.ts"

/**
 * What the service answers: `backup` with its times and numbers read, and `raw`, the text as it came.
 * @category Promises
 * @since 0.1.0
 */
export type BackupResponse = Plain<ShowBackupResponse>

/**
 * What became of one of many backups: an answer or an error.
 * @category Promises
 * @since 0.1.0
 */
export type BackupOutcome =
  | { readonly backupId: string; readonly response: BackupResponse; readonly error?: undefined }
  | { readonly backupId: string; readonly error: BackupError; readonly response?: undefined }

/**
 * What can be waited for of a backup that stays; a list must hold in one and the same answer.
 * @category Promises
 * @since 0.1.0
 */
export type Condition = ConditionText | ReadonlyArray<ConditionText> | ((response: BackupResponse) => boolean)

/**
 * A condition as text; in `status=` several may stand, separated by commas.
 * @category Promises
 * @since 0.1.0
 */
export type ConditionText =
  | `status=${string}`
  | `replicated=${string}`
  | "children=available"
  | "exists"
  | "restorable"
  | "restorable=backup"
  | "restorable=snapshot"

/**
 * Fetches, watches and waits for backups. Its methods reject with a `BackupError`, or with the reason of an abort.
 * @category Promises
 * @since 0.1.0
 */
export interface BackupClient {
  /** One backup. */
  showBackup(backupId: string, options?: RequestOptions): Promise<BackupResponse>
  /** Resolves with the backup as it was last seen, once it is gone; `undefined` if it never was there. */
  waitUntil(backupId: string, condition: "deleted", options?: WaitOptions): Promise<BackupResponse | undefined>
  /** Resolves with the answer that met the condition; rejects as soon as it can no longer come true. */
  waitUntil(backupId: string, condition: Condition, options?: WaitOptions): Promise<BackupResponse>
  /** The backup as it is, and again whenever it differs, until it is deleted. */
  changes(backupId: string, options?: WatchOptions): AsyncIterable<BackupResponse>
  /** Many backups, some at a time, each as it arrives; one that fails is an outcome like any other. */
  showMany(backupIds: Iterable<string> | AsyncIterable<string>, options?: ManyOptions): AsyncIterable<BackupOutcome>
  /** Backups over all pages, the newest first; those of the whole project without a filter. */
  listBackups(filter?: ListFilter, options?: ListOptions): AsyncIterable<BackupResponse>
  /**
   * The newest backup of a server or disk, of whatever state. Rejects with `InvalidRequest` where several have its name,
   * and with `BackupNotFound` where no backup is of it.
   */
  latestBackup(resource: ResourceFilter, options?: LatestOptions): Promise<BackupResponse>
  /** Ends every call under way, which rejects with an `AbortError`, and lets go of what the client holds. */
  close(): Promise<void>
  [Symbol.dispose](): void
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Makes a client. Throws `InvalidRequest` when the region, the endpoint or a
 * number cannot be right; credentials are first looked at by a call.
 *
 * @example
 * ```ts
 * await using client = createBackupClient({ ak, sk, projectId, region: "cn-north-4" })
 * const { backup } = await client.showBackup("6df2b54c-dd62-4059-a07c-1b8f24f2725d", {
 *   signal: AbortSignal.timeout(5000)
 * })
 * ```
 * @category Promises
 * @since 0.1.0
 */
export const createBackupClient = (options: BackupClientOptions): BackupClient =>
  // A program without types may give none.
  clientOf(Object(options ?? {}) as BackupClientOptions)

const clientOf = (options: BackupClientOptions): BackupClient => {
  const runtime = ManagedRuntime.make(clientLayer(options))
  const closing: Closing = { calls: new Set() }

  const run = async <A, E>(effect: Effect.Effect<A, E, Service>, call: WatchOptions): Promise<A> => {
    const here = new Error()
    try {
      const fault = faultOfCall(call)
      if (fault !== undefined) throw fault
      const ends = { signal: call.signal, closing }
      const ended = endedAlready(ends)
      // A runtime that is closed knows no reason.
      return await (ended === undefined ? runtime.runPromise(abortable(effect, ends)) : Effect.runPromise(ended))
    } catch (error) {
      throw at(error, here)
    }
  }

  const iterate = <A, E>(stream: Stream.Stream<A, E, Service>, call: WatchOptions): AsyncIterable<A> => {
    const here = new Error()
    const fault = faultOfCall(call)
    return Stream.unwrap(Effect.map(runtime.contextEffect, (context) => Stream.provideContext(stream, context))).pipe(
      (whole) =>
        fault === undefined ? abortableStream(whole, { signal: call.signal, closing }) : Stream.fail<unknown>(fault),
      Stream.mapError((error) => at(error, here)),
      Stream.toAsyncIterable
    )
  }

  const requestOf = (
    backup_id: string,
    { projectId = options.projectId ?? "" }: RequestOptions
  ): ShowBackupRequest => ({
    project_id: projectId,
    backup_id
  })

  const filterOf = (filter: ListFilter, { projectId = options.projectId ?? "" }: RequestOptions) =>
    ({
      ...Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined)),
      project_id: projectId
      // A wrong value is refused before anything is sent.
    }) as ListBackupsFilter

  const close = async () => {
    closing.reason ??= new DOMException("the client was closed", "AbortError")
    for (const end of closing.calls) end()
    await runtime.dispose()
  }

  return {
    showBackup: (backupId, call) => {
      const of = given(call)
      return run(
        BackupClientService.use((service) => service.showBackup(requestOf(backupId, of))),
        of
      )
    },
    waitUntil: (backupId: string, condition: Condition | "deleted", call?: WaitOptions) => {
      const of = given(call)
      return run(
        Effect.flatMap(waitOf(condition, of), (wanted) =>
          waitUntil(requestOf(backupId, of), wanted, {
            ...hookOf(of),
            timeout: of.timeout,
            failFast: of.failFast,
            untilExists: of.untilExists
          })
        ),
        of
        // What is not `deleted` is met by an answer: the signature says which.
      ) as Promise<BackupResponse>
    },
    changes: (backupId, call) => {
      const of = given(call)
      return iterate(changes(requestOf(backupId, of), hookOf(of)), of)
    },
    showMany: (backupIds, call) => {
      const of = given(call)
      return iterate(
        showMany(
          Stream.map(streamOf(backupIds), (backupId) => requestOf(backupId, of)),
          of
        ).pipe(
          Stream.map(({ request: { backup_id: backupId }, result }) =>
            Result.isSuccess(result) ? { backupId, response: result.success } : { backupId, error: result.failure }
          )
        ),
        of
      )
    },
    listBackups: (filter, call) => {
      const of = given(call)
      return iterate(listBackups(filterOf(given(filter), of), { ...noticeOf(of), pageSize: of.pageSize }), of)
    },
    latestBackup: (resource, call) => {
      const of = given(call)
      return run(
        Effect.map(latestBackup(filterOf(given(resource), of), noticeOf(of)), ({ newest }) => newest),
        of
      )
    },
    close,
    [Symbol.dispose]: () => void close(),
    [Symbol.asyncDispose]: close
  }
}

/** What a program without types gets wrong of a call's options, if anything. */
const faultOfCall = ({
  onIncomplete,
  onObservation,
  projectId,
  signal
}: WatchOptions & LatestOptions): InvalidRequest | undefined =>
  faultOfTypes("string", { projectId }) ??
  faultOfTypes("function", { onIncomplete, onObservation }) ??
  (signal === undefined || "addEventListener" in signal ? undefined : notOfType("signal", "an AbortSignal"))

const clientLayer = (options: BackupClientOptions): Layer.Layer<Service> => {
  const {
    ak,
    callTimeout,
    endpoint,
    fetch = globalThis.fetch,
    projectId,
    region,
    retries,
    securityToken,
    sk,
    token
  } = options
  const fault =
    faultOfTypes("string", { endpoint, projectId, region }) ??
    // One that is `null` is a variable that is not set, and told as such by a call.
    faultOfTypes("string", given({ ak, securityToken, sk, token })) ??
    faultOfTypes("function", { fetch }) ??
    (callTimeout === undefined ? undefined : validateMilliseconds("callTimeout", callTimeout)) ??
    (retries === undefined ? undefined : validateCount("retries", retries, 0))
  if (fault !== undefined) throw fault
  return BackupClientService.layer.pipe(
    Layer.provide([
      Layer.succeed(endpointService, Effect.runSync(placeOf(options))),
      credentialsOf(options),
      FetchHttpClient.layer,
      Layer.provide(Mac.layerWebCrypto, SecureRandom.layerWebCrypto),
      Digest.layerWebCrypto,
      Layer.succeed(ResiliencePolicy, {
        ...withCallTimeout(
          defaultResiliencePolicy,
          callTimeout === undefined ? defaultResiliencePolicy.callTimeout : Duration.millis(callTimeout)
        ),
        ...omitUndefined({ retries })
      })
    ]),
    // Read at each call from the context of the caller, which is the runtime's.
    Layer.merge(Layer.succeed(FetchHttpClient.Fetch, fetch)),
    // A library that was not given a logger keeps quiet.
    Layer.merge(Layer.succeed(References.MinimumLogLevel, "None"))
  )
}

/** An address or region that is missing is an option that is: it is told as the other ones are. */
const placeOf = (options: BackupClientOptions) =>
  Effect.catchTag(makeAddresses(options), "NoCredentials", ({ detail }) => new InvalidRequest({ detail }))

const credentialsOf = (options: BackupClientOptions): Layer.Layer<Credentials> => {
  if (options.token !== undefined) return Credentials.token(Redacted.make(options.token))
  const { ak, securityToken, sk } = options
  if (!ak && !sk) return none
  return Credentials.accessKey({
    ak,
    sk: Redacted.make(sk),
    security_token: securityToken === undefined ? undefined : Redacted.make(securityToken)
  })
}

/** What a caller without types has when its environment variables are not set. */
const none = Layer.succeed(Credentials, {
  current: Effect.fail(new NoCredentials({ detail: { code: "no-key-or-token" } })),
  refused: () => Effect.succeed(false)
})

const waitOf = (
  condition: Condition | "deleted",
  { timeout }: WaitOptions
): Effect.Effect<WaitCondition, InvalidRequest> => {
  const fault = timeout === undefined ? undefined : validateMilliseconds("timeout", timeout)
  if (fault !== undefined) return Effect.fail(fault)
  if (typeof condition === "function") return Effect.succeed(satisfies("the condition given", heldBy(condition)))
  return typeof condition === "string" || Array.isArray(condition)
    ? Effect.fromResult(parse(condition))
    : Effect.fail(notOfType("condition", "a text, a list of texts or a function"))
}

/** A promise would be as true as `true`. */
const heldBy =
  (condition: (response: BackupResponse) => unknown) =>
  (response: BackupResponse): boolean => {
    const holds = condition(response)
    if (typeof holds !== "object" || holds === null || !("then" in holds)) return Boolean(holds)
    Promise.resolve(holds).catch(() => {})
    throw notOfType("condition", "a function that returns true or false, and no promise")
  }

/** What the hook throws, or its promise rejects with, ends the call. */
const hookOf = ({ onObservation }: WatchOptions): EffectWatchOptions =>
  onObservation === undefined
    ? {}
    : { onObservation: (observation) => Effect.promise(async () => onObservation(observation)) }

const noticeOf = ({ onIncomplete }: LatestOptions): Pick<EffectListOptions, "onIncomplete"> =>
  onIncomplete === undefined ? {} : { onIncomplete: (detail) => Effect.promise(async () => onIncomplete(detail)) }

const streamOf = (ids: Iterable<string> | AsyncIterable<string>): Stream.Stream<string, unknown> =>
  typeof ids !== "object" || ids === null
    ? Stream.fail(notOfType("backupIds", "an iterable of ids"))
    : Symbol.asyncIterator in ids
      ? Stream.fromAsyncIterable(ids, (error) => error)
      : Stream.fromIterable(ids, { chunkSize: 1 })
