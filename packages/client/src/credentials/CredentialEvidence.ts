import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Semaphore from "effect/Semaphore"
import { serviceCode } from "../errors/ServiceCodes.ts"
import {
  type AuthenticationFailed,
  isOfProxy,
  PermissionDenied,
  type ShowBackupError
} from "../errors/ShowBackupError.ts"

/**
 * The evidence of a request's outcome about the credential that the request carried:
 *
 * - `accepted`: the service knows the caller, and may still refuse the request;
 * - `refused`: the service names the key, the signature or the token as wrong;
 * - `doubtful`: a 401 that names nothing, or nothing that is known;
 * - `none`: a time-out, a 503, a proxy's own refusal, or a 401 about the project or the address.
 * @category Credentials
 * @since 0.2.0
 */
export type CredentialEvidence = "accepted" | "refused" | "doubtful" | "none"

/**
 * Judges the credential of a request by the request's outcome.
 * @category Credentials
 * @since 0.2.0
 */
export const evidenceOf = (exit: Exit.Exit<unknown, ShowBackupError>): CredentialEvidence => {
  if (Exit.isSuccess(exit)) return "accepted"
  const error = Option.getOrUndefined(Exit.findErrorOption(exit))
  switch (error?._tag) {
    case "AuthenticationFailed":
      return isOfProxy(error) ? "none" : isDoubtful(error) ? "doubtful" : "refused"
    case "BackupNotFound":
    case "PermissionDenied":
    case "RequestRefused":
      return error.status_code === 401 ? "none" : "accepted"
    default:
      return "none"
  }
}

const isDoubtful = ({ error_code, error_msg, status_code }: AuthenticationFailed): boolean =>
  status_code === 401 && serviceCode({ status_code, error_code, error_msg }) === undefined

/**
 * Sends a request, and tries its credential once more where the answer leaves
 * in doubt whether that was refused.
 *
 * @param again the same request on its own, kept to try the credential with where this one works; none is kept where
 *   it is left out
 * @category Credentials
 * @since 0.2.0
 */
export interface CredentialProbe {
  <A, R>(
    send: Effect.Effect<A, ShowBackupError, R>,
    again?: Effect.Effect<unknown, ShowBackupError, R>
  ): Effect.Effect<A, ShowBackupError, R>
  /** Keeps a request that worked without a probe around it. */
  readonly worked: (again: Effect.Effect<unknown, ShowBackupError>) => void
}

/**
 * A probe of one credential. On a doubtful refusal the request that worked last
 * is sent again. Where it still works, the refusal is of the other request
 * alone, and becomes a `PermissionDenied`; else, and where none has worked yet,
 * the refusal stands. Refusals that come at the same time are probed one by one.
 * @category Credentials
 * @since 0.2.0
 */
export const makeProbe = (): CredentialProbe => {
  const oneAtATime = Semaphore.makeUnsafe(1)
  let worked: Effect.Effect<unknown, ShowBackupError> | undefined

  const isAccepted = Effect.suspend(() =>
    worked === undefined
      ? Effect.succeed(false)
      : Effect.map(Effect.exit(worked), (exit) => {
          if (evidenceOf(exit) !== "accepted") worked = undefined
          return worked !== undefined
        })
  )

  const probing = <A, R>(
    send: Effect.Effect<A, ShowBackupError, R>,
    again?: Effect.Effect<unknown, ShowBackupError, R>
  ): Effect.Effect<A, ShowBackupError, R> =>
    Effect.contextWith((context: Context.Context<R>) =>
      Effect.matchEffect(Effect.exit(send), {
        onFailure: Effect.fail,
        onSuccess: (exit) => {
          const evidence = evidenceOf(exit)
          if (evidence === "accepted" && again !== undefined) worked = Effect.provideContext(again, context)
          return evidence === "doubtful"
            ? Effect.flatMap(oneAtATime.withPermits(1)(isAccepted), (accepted) =>
                accepted ? Effect.mapError(exit, notOfCredential) : exit
              )
            : exit
        }
      })
    )
  return Object.assign(probing, {
    worked: (again: Effect.Effect<unknown, ShowBackupError>) => void (worked = again)
  })
}

const notOfCredential = (error: ShowBackupError): ShowBackupError => {
  if (error._tag !== "AuthenticationFailed") return error
  const { _tag: _, service_time: __, ...fields } = error
  return new PermissionDenied(fields)
}
