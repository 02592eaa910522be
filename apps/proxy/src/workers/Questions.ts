import type { ShowBackupRequest } from "@cbr/domain"
import type { Verified } from "../callers/UsedSignatures.ts"
import type { VerdictAsJson } from "../upstream/VerdictAsJson.ts"
import type { FilesRead } from "./FilesRead.ts"

/** A configuration to serve by. Its files come with it: all workers have the same, whatever the disk says by now. */
export interface Order {
  /** Counts the configurations that were put in force. */
  readonly generation: number
  readonly files: FilesRead
}

/** What a worker is to do. */
export interface Assignment extends Order {
  /** The files that the proxy was started with: what is read once was read there. */
  readonly first: FilesRead
  readonly worker: number
  readonly workers: number
  /** What callers must show, where no configuration says who they are. */
  readonly key: string
}

type Question<Asks, Answer> = { readonly asks: Asks; readonly answer: Answer }

/** What the primary process asks a worker. */
export type OfWorkers = {
  /** To read a configuration and make all that follows from it; answered by what is wrong with it, if anything. */
  readonly prepare: Question<Order, ReadonlyArray<string>>
  /** To put the one that was made in force, or to drop it. */
  readonly decide: Question<boolean, void>
  /** Its metrics, as Prometheus text. */
  readonly metrics: Question<void, string>
  readonly drain: Question<void, void>
  /** To know what another has found out about a credential. */
  readonly hear: Question<{ readonly credential: string; readonly verdict: VerdictAsJson }, void>
  readonly forget: Question<ShowBackupRequest, void>
}

/** What a worker asks the primary process. */
export type OfPrimary = {
  readonly assignment: Question<void, Assignment>
  /** To know that it serves. */
  readonly serving: Question<string, void>
  /** For its turn with a credential: see `CredentialTurns`. */
  readonly take: Question<string, VerdictAsJson | null>
  readonly accepted: Question<string, void>
  readonly refused: Question<{ readonly credential: string; readonly error: unknown }, void>
  readonly heard: Question<{ readonly credential: string; readonly verdict: VerdictAsJson }, void>
  readonly undecided: Question<string, void>
  /** To be told when nobody knocks at any worker; asked when nobody knocks at this one. */
  readonly quiet: Question<void, void>
  /** To be told when no worker listens any more; asked when this one does not. */
  readonly closed: Question<void, void>
  /** To note a signature that is good for one request; answered by whether none had it before. */
  readonly use: Question<Verified, boolean>
  /** To have the other workers forget a backup too. */
  readonly forget: Question<ShowBackupRequest, void>
}
