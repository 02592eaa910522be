import { type Credential, Credentials } from "@cbr/client"
import * as Effect from "effect/Effect"
import type { CredentialGuard } from "./CredentialGuard.ts"

/** One of the credentials that open a project. */
export interface GuardedSource {
  readonly held: CredentialGuard
  readonly source: Credentials["Service"]
}

/**
 * Credentials of which any opens the project: the first that gives one serves,
 * so that a key can be replaced while both the old and the new are valid.
 */
export const credentialFallback = (
  first: GuardedSource,
  ...others: ReadonlyArray<GuardedSource>
): Credentials["Service"] => {
  const turns = [first, ...others].map(({ held, source }) => ({ held, source: held.hold(source) }))
  const origin = new WeakMap<Credential, (typeof turns)[number]>()
  const [start, ...next] = turns.map((turn) =>
    Effect.tap(turn.source.current, (credential) => Effect.sync(() => origin.set(credential, turn)))
  )
  return Credentials.of({
    current: next.reduce((current, following) => current.pipe(Effect.catch(() => following)), start!),
    refused: Effect.fnUntraced(function* (credential, error) {
      const turn = origin.get(credential)
      if (turn === undefined) return false
      if (yield* turn.source.refused(credential, error)) return true
      for (const other of turns) {
        if (other !== turn && (yield* other.held.refusal) === undefined) return true
      }
      return false
    }),
    ready: (now) => {
      const [turn] = turns
      const credential = turn?.source.ready?.(now)
      if (credential !== undefined && turn !== undefined) origin.set(credential, turn)
      return credential
    },
    accepted: (credential, again) => origin.get(credential)?.source.accepted?.(credential, again),
    protect: (credential, send, again, isSent) =>
      origin.get(credential)?.source.protect?.(credential, send, again, isSent) ?? send
  })
}
