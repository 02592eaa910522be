import type { ShowBackupRequest } from "@cbr/domain"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"

/** The other processes of this proxy, whose caches are their own. */
export interface Peers {
  /** Has them forget a backup; succeeds when they have. */
  readonly forget: (request: ShowBackupRequest) => Effect.Effect<void>
  /** What to do when one of them asks the same. */
  readonly onForget: (forget: (request: ShowBackupRequest) => Effect.Effect<void>) => void
}

/** None, unless the proxy runs as several processes. */
export const Peers = Context.Reference<Peers>("@cbr/proxy/Peers", {
  defaultValue: () => ({ forget: () => Effect.void, onForget: () => undefined })
})
