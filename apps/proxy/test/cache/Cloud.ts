import { BackupNotFound, PermissionDenied, ServiceUnavailable, type ShowBackupError } from "@cbr/client"
import type { ShowBackupRequest, ShowBackupResponse } from "@cbr/domain"
import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import { Clock, Deferred, Effect, Layer, Random } from "effect"
import { type CacheLookup, BackupCache, BackupCacheLimits } from "../../src/cache/BackupCache.ts"
import { parse } from "../../src/cache/CacheControl.ts"
import { SharedAnswers } from "../../src/cache/SharedAnswers.ts"
import { RateLimits } from "../../src/callers/RateLimits.ts"
import { defaultCachePolicy } from "../../src/policy/CachePolicy.ts"
import { defaultLimitsPolicy } from "../../src/policy/LimitsPolicy.ts"
import { type ListAnswer, readListAnswer } from "../../src/upstream/ListAnswer.ts"
import type { Upstream } from "../../src/upstream/Upstreams.ts"
import * as OneProcess from "../store/OneProcess.ts"
import { responseOf } from "./backupOf.ts"

/** The backup that is asked for. */
export const request: ShowBackupRequest = {
  project_id: "4229d7a45436489f8c3dc2b1d35d4987",
  backup_id: "6df2b54c-dd62-4059-a07c-1b8f24f2725d"
}

type Answer = Effect.Effect<ShowBackupResponse, ShowBackupError>

/** Answers of a cloud. */
export const answers = {
  backup: (fields: object): Answer => Effect.succeed(responseOf(fields)),
  available: Effect.succeed(responseOf({ status: "available" })),
  notFound: Effect.fail(new BackupNotFound({ detail: { code: "other", message: "no such backup" }, status_code: 404 })),
  forbidden: Effect.fail(new PermissionDenied({ detail: { code: "other", message: "forbidden" }, status_code: 403 })),
  ill: Effect.fail(new ServiceUnavailable({ detail: { code: "other", message: "ill" }, status_code: 503 }))
}

/** A page of the list with these backups. */
export const listOf = (...backups: ReadonlyArray<object>): Effect.Effect<ListAnswer, ShowBackupError> =>
  readListAnswer(JSON.stringify({ backups, count: backups.length }), "id of the list's call")

/** A cloud that answers by what was last set, and counts. */
export const makeCloud = (initial: Answer) => {
  const cloud = {
    answer: initial,
    calls: 0,
    /** What the list answers, and how often it was asked for. */
    list: Effect.never as Effect.Effect<ListAnswer, ShowBackupError>,
    lists: 0,
    interrupted: 0,
    upstream: {
      region: "region",
      credential_id: "credential",
      showBackup: () =>
        Effect.suspend(() => {
          cloud.calls++
          return Effect.onInterrupt(cloud.answer, () => Effect.sync(() => void cloud.interrupted++))
        }),
      listBackups: () =>
        Effect.suspend(() => {
          cloud.lists++
          return cloud.list
        })
    } as Upstream
  }
  return cloud
}

/** An answer that is given when the test says. */
export const makeGate = () => {
  const gate = Deferred.makeUnsafe<ShowBackupResponse, ShowBackupError>()
  return {
    answer: Deferred.await(gate),
    open: (answer: Answer) => Effect.asVoid(Deferred.into(answer, gate))
  }
}

/** Asks for {@link request}, or for what is given. */
export const ask = Effect.fnUntraced(function* (
  upstream: Upstream,
  cacheControl = "",
  fields: Partial<CacheLookup> & { readonly timeLimit?: number } = {}
) {
  const { timeLimit = 10_000, ...more } = fields
  const deadline = (yield* Clock.currentTimeMillis) + timeLimit
  const backups = yield* BackupCache
  return yield* backups.show({
    request,
    upstream,
    caller_id: "caller",
    directives: parse([cacheControl]),
    mayBypass: false,
    deadline,
    limit: timeLimit,
    ...more
  })
})

/** Without jitter, so that a test can tell to the millisecond. */
const steady = Effect.provideService(Random.Random, {
  nextDoubleUnsafe: () => 0.5,
  nextIntUnsafe: () => 0
})

/** The cache over any cloud. */
export const cache = (
  limits: Partial<BackupCacheLimits> = {},
  shared: Layer.Layer<SharedAnswers> = OneProcess.answers
): Layer.Layer<BackupCache> =>
  BackupCache.layer.pipe(
    Layer.provide([
      Layer.succeed(BackupCacheLimits, { cache: defaultCachePolicy, queue: defaultLimitsPolicy, ...limits }),
      NodeCrypto.layerDigest,
      RateLimits.layerMemory
    ]),
    Layer.provide(shared)
  )

/** Runs with a cache of its own, and with what replicas share. */
export const withCache = <A, E, R>(effect: Effect.Effect<A, E, R>, shared?: SharedAnswers["Service"]) =>
  steady(
    Effect.provide(
      effect,
      Layer.fresh(cache({}, shared === undefined ? OneProcess.answers : Layer.succeed(SharedAnswers, shared)))
    )
  )
