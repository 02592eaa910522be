import { readFileSync } from "node:fs"
import { BackupClient, Credentials, Endpoint, ResiliencePolicy, defaultResiliencePolicy } from "@cbr/client"
import type { ShowBackupRequest } from "@cbr/domain"
import { Effect, Exit, Layer, Redacted } from "effect"
import type { HttpClient } from "effect/http"
import { TestClock } from "effect/testing"
import { NodeHashes } from "./signing/NodeHashes.ts"

/** The API page's example, with spaces and line breaks as on the page. */
export const body = readFileSync(new URL("fixtures/show-backup.json", import.meta.url), "utf8")

export const request: ShowBackupRequest = {
  project_id: "4229d7a45436489f8c3dc2b1d35d4987",
  backup_id: "6df2b54c-dd62-4059-a07c-1b8f24f2725d"
}

export const accessKey = {
  ak: "EXAMPLEACCESSKEY0001",
  sk: Redacted.make("exampleSecretKeyForTestsOnly000000000001")
}

export const token = Redacted.make("exampleTokenOfTestsOnly")

export interface Options<E = never> {
  readonly http: Layer.Layer<HttpClient.HttpClient>
  readonly credentials?: Layer.Layer<Credentials, E, Endpoint | HttpClient.HttpClient>
  readonly endpoint?: Layer.Layer<Endpoint>
  readonly policy?: Partial<ResiliencePolicy>
}

export const region = Layer.orDie(Endpoint.layer({ region: "cn-north-4" }))

/** A client over a transport, with a static token unless told otherwise. */
export const clientLayer = <E = never>(options: Options<E>) =>
  BackupClient.layer.pipe(
    Layer.provide(options.credentials ?? Credentials.token(token)),
    Layer.provide([
      options.http,
      options.endpoint ?? region,
      NodeHashes,
      Layer.succeed(ResiliencePolicy, Object.assign({}, defaultResiliencePolicy, options.policy))
    ])
  )

export const show = <E = never>(options: Options<E>, of: ShowBackupRequest = request) =>
  Effect.provide(
    BackupClient.use((client) => client.showBackup(of)),
    clientLayer(options)
  )

/** Runs an effect to its end in virtual time: its outcome, and the milliseconds that it took. */
export const timed = Effect.fnUntraced(function* <A, E, R>(effect: Effect.Effect<A, E, R>) {
  const clock = yield* TestClock.testClockWith(Effect.succeed)
  const start = clock.currentTimeMillisUnsafe()
  let end = Number.NaN
  const fiber = yield* Effect.forkChild(
    Effect.onExit(effect, () => Effect.sync(() => void (end = clock.currentTimeMillisUnsafe())))
  )
  yield* TestClock.adjust("1 day")
  const exit = fiber.pollUnsafe()
  if (exit === undefined) return yield* Effect.die(new Error("not ended after a day"))
  return { exit, milliseconds: end - start }
})

/** Times an effect as {@link timed} does, and succeeds with its error. */
export const timedError = Effect.fnUntraced(function* <A, E, R>(effect: Effect.Effect<A, E, R>) {
  const { exit, milliseconds } = yield* timed(Effect.flip(effect))
  return { error: yield* Exit.isSuccess(exit) ? Effect.succeed(exit.value) : Effect.die(exit.cause), milliseconds }
})
