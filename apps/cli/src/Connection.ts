import {
  BackupClient,
  Credentials,
  defaultResiliencePolicy,
  Endpoint,
  ErrorTable,
  ResiliencePolicy,
  type ShowBackupError,
  withDeadline
} from "@cbr/client"
import * as Effect from "effect/Effect"
import { Failure } from "./Failure.ts"
import { Messages } from "./messages/Messages.ts"
import type { Settings } from "./Settings.ts"

/**
 * A client for these settings, and the project that it is for.
 *
 * Opens nothing. Fails with one `Failure` that names everything missing, so
 * that a newcomer sets all of it at once.
 */
export const connect = Effect.fnUntraced(function* (settings: Settings) {
  const messages = yield* Messages
  const credentials = yield* Credentials
  const missing: Array<{ readonly why: string; readonly next: string }> = []
  const orMissing = <A, E extends ShowBackupError>(needed: Effect.Effect<A, E>, next: string) =>
    Effect.catchIf(
      needed,
      (error): error is E => error._tag === "NoCredentials",
      ({ message }) => Effect.sync(() => void missing.push({ why: message, next }))
    )

  const endpoint = yield* orMissing(Endpoint.make(settings), messages.missing.giveEndpoint)
  const { project_id } = settings
  if (project_id === undefined) missing.push({ why: messages.missing.project, next: messages.missing.giveProject })
  const { hint, title } = ErrorTable.NoCredentials
  const credential = yield* orMissing(credentials.current, messages.pick(hint))

  if (endpoint === undefined || project_id === undefined || credential === undefined) {
    return yield* new Failure({
      kind: "NoCredentials",
      what: credential === undefined ? messages.pick(title) : messages.missing.settings,
      why: missing.map(({ why }) => why).join("; "),
      next: missing.map(({ next }) => next).join("; ")
    })
  }
  const client = yield* BackupClient.make.pipe(
    Effect.provideService(Endpoint, endpoint),
    Effect.provideService(ResiliencePolicy, withDeadline(defaultResiliencePolicy, settings.timeout))
  )
  return { client, project_id }
})
