import { omitUndefined, type ShowBackupRequest } from "@cbr/domain"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as References from "effect/References"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import type { BackupClient as Service } from "../calls/BackupClient.ts"
import { BackupClientService } from "../calls/BackupClientService.ts"
import { latestBackup } from "../calls/LatestBackup.ts"
import {
  listBackups,
  type ListBackupsFilter,
  type ListBackupsOptions as EffectListOptions
} from "../calls/ListBackups.ts"
import { showMany } from "../calls/ShowMany.ts"
import { InvalidRequest, type NoCredentials } from "../errors/ShowBackupError.ts"
import { validateMilliseconds } from "../resilience/PolicyValidation.ts"
import { changes, type WatchOptions as EffectWatchOptions } from "../watching/Changes.ts"
import { satisfies, type Satisfies, type WaitCondition } from "../watching/WaitCondition.ts"
import { parse as parseCondition } from "../watching/WaitConditionText.ts"
import { waitUntil } from "../watching/WaitUntil.ts"
import type { BackupClient, BackupResponse, Condition } from "./BackupClient.ts"
import { abortable, abortableStream, type Closing, endedAlready } from "./CallEnds.ts"
import { at } from "./CallSite.ts"
import type { LatestOptions, ListFilter, RequestOptions, WaitOptions, WatchOptions } from "./Options.ts"
import { faultOfTypes, given, notOfType } from "./OptionValidation.ts"

/**
 * A client over a service.
 *
 * @param ofClient project of the calls that name none; the empty text where the service finds it
 * @param parse reader of conditions
 */
export const clientOf = (
  service: Layer.Layer<Service, InvalidRequest | NoCredentials>,
  ofClient: string | undefined,
  parse = parseCondition
): BackupClient => {
  const runtime = ManagedRuntime.make(
    // A library that was not given a logger keeps quiet.
    Layer.merge(service, Layer.succeed(References.MinimumLogLevel, "None"))
  )
  const closing: Closing = { calls: new Set() }

  const run = async <A, E, Call extends WatchOptions>(
    call: Call | null | undefined,
    effectOf: (call: Call) => Effect.Effect<A, E, Service>
  ): Promise<A> => {
    const here = new Error()
    try {
      const of = given(call)
      const fault = faultOfCall(of, ofClient)
      if (fault !== undefined) throw fault
      const ends = { signal: of.signal, closing }
      const ended = endedAlready(ends)
      // A runtime that is closed knows no reason.
      return await (ended === undefined ? runtime.runPromise(abortable(effectOf(of), ends)) : Effect.runPromise(ended))
    } catch (error) {
      throw at(error, here)
    }
  }

  const iterate = <A, E, Call extends WatchOptions>(
    call: Call | null | undefined,
    streamOf: (call: Call) => Stream.Stream<A, E, Service>
  ): AsyncIterable<A> => {
    const here = new Error()
    const of = given(call)
    const fault = faultOfCall(of, ofClient)
    return Stream.unwrap(
      Effect.map(runtime.contextEffect, (context) => Stream.provideContext(streamOf(of), context))
    ).pipe(
      (whole) =>
        fault === undefined ? abortableStream(whole, { signal: of.signal, closing }) : Stream.fail<unknown>(fault),
      Stream.mapError((error) => at(error, here)),
      Stream.toAsyncIterable
    )
  }

  const requestOf = (backup_id: string, { projectId = ofClient ?? "" }: RequestOptions): ShowBackupRequest => ({
    project_id: projectId,
    backup_id
  })

  const filterOf = (filter: ListFilter, { projectId = ofClient ?? "" }: RequestOptions) =>
    ({
      ...omitUndefined(filter),
      project_id: projectId
      // A wrong value is refused before anything is sent.
    }) as ListBackupsFilter

  const close = async () => {
    closing.reason ??= new DOMException("the client was closed", "AbortError")
    for (const end of closing.calls) end()
    await runtime.dispose()
  }

  return {
    showBackup: (backupId, call) =>
      run(call, (of) => BackupClientService.use((service) => service.showBackup(requestOf(backupId, of)))),
    waitUntil: (backupId: string, condition: Condition | "deleted", call?: WaitOptions) =>
      run(
        call,
        (of) =>
          Effect.flatMap(waitOf(condition, of, parse), (wanted) =>
            waitUntil(requestOf(backupId, of), wanted, {
              ...hookOf(of),
              timeout: of.timeout,
              failFast: of.failFast,
              untilExists: of.untilExists
            })
          )
        // Any condition but `deleted` is met by an answer: the overloads say so.
      ) as Promise<BackupResponse>,
    changes: (backupId, call) => iterate(call, (of) => changes(requestOf(backupId, of), hookOf(of))),
    showMany: (backupIds, call) =>
      iterate(call, (of) =>
        showMany(
          Stream.map(idsIn(backupIds), (backupId) => requestOf(backupId, of)),
          of
        ).pipe(
          Stream.map(({ request: { backup_id: backupId }, result }) =>
            Result.isSuccess(result) ? { backupId, response: result.success } : { backupId, error: result.failure }
          )
        )
      ),
    listBackups: (filter, call) =>
      iterate(call, (of) => listBackups(filterOf(given(filter), of), { ...noticeOf(of), pageSize: of.pageSize })),
    latestBackup: (resource, call) =>
      run(call, (of) => Effect.map(latestBackup(filterOf(given(resource), of), noticeOf(of)), ({ newest }) => newest)),
    close,
    [Symbol.dispose]: () => void close(),
    [Symbol.asyncDispose]: close
  }
}

/** The fault of a call's options, as a program without types may give them. */
const faultOfCall = (
  { onIncomplete, onObservation, projectId, signal }: WatchOptions & LatestOptions,
  ofClient: string | undefined
): InvalidRequest | undefined =>
  faultOfTypes("string", { projectId }) ??
  faultOfTypes("function", { onIncomplete, onObservation }) ??
  (signal === undefined || typeof Object(signal).addEventListener === "function"
    ? undefined
    : notOfType("signal", "an AbortSignal")) ??
  ((projectId ?? ofClient) === undefined ? new InvalidRequest({ detail: { code: "project-missing" } }) : undefined)

const waitOf = (
  condition: Condition | "deleted",
  { timeout }: WaitOptions,
  parse: typeof parseCondition
): Effect.Effect<WaitCondition, InvalidRequest> => {
  const fault = timeout === undefined ? undefined : validateMilliseconds("timeout", timeout)
  if (fault !== undefined) return Effect.fail(fault)
  if (typeof condition === "function") return Effect.succeed(satisfies("the condition given", heldBy(condition)))
  if (typeof condition === "string" || Array.isArray(condition)) return Effect.fromResult(parse(condition))
  const { _tag, predicate } = Object(condition)
  return _tag === "Satisfies" && typeof predicate === "function"
    ? Effect.succeed(condition as Satisfies)
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

/** A hook that throws, or whose promise rejects, ends the call with its error. */
const hookOf = ({ onObservation }: WatchOptions): EffectWatchOptions =>
  onObservation === undefined
    ? {}
    : { onObservation: (observation) => Effect.promise(async () => onObservation(observation)) }

const noticeOf = ({ onIncomplete }: LatestOptions): Pick<EffectListOptions, "onIncomplete"> =>
  onIncomplete === undefined ? {} : { onIncomplete: (detail) => Effect.promise(async () => onIncomplete(detail)) }

const idsIn = (ids: Iterable<string> | AsyncIterable<string>): Stream.Stream<string, unknown> =>
  typeof ids !== "object" || ids === null
    ? Stream.fail(notOfType("backupIds", "an iterable of ids"))
    : Symbol.asyncIterator in ids
      ? Stream.fromAsyncIterable(ids, (error) => error)
      : Stream.fromIterable(ids, { chunkSize: 1 })
