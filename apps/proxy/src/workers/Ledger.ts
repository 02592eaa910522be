import { AuthenticationFailed } from "@cbr/client"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { makeUsedSignatures } from "../callers/UsedSignatures.ts"
import { nextTurn } from "../edge/Drain.ts"
import { makeTurnKeeper, type Verdict } from "../upstream/CredentialTurns.ts"
import { verdictAsJson, verdictOf } from "../upstream/VerdictAsJson.ts"
import { makeGathering } from "./Gathering.ts"
import type * as Line from "./Line.ts"
import type { OfPrimary } from "./Questions.ts"

/** What concerns all workers and is kept by none of them. */
export interface LedgerOptions {
  /** Called with each verdict on a credential that is new. */
  readonly told: (credential: string, verdict: Verdict) => void
  /** The workers that accept connections. */
  readonly listening: () => ReadonlyArray<number>
  /** Whether all of them are to stop to listen. */
  readonly isStopping: () => boolean
}

/** What workers ask the ledger. */
type Answers = Pick<
  Line.Answers<OfPrimary>,
  "take" | "accepted" | "refused" | "heard" | "undecided" | "use" | "quiet" | "closed"
>

/** Keeps what workers know together: turns with credentials, used signatures, and how far each is with its drain. */
export const makeLedger = ({ isStopping, listening, told }: LedgerOptions) => {
  const keeper = makeTurnKeeper(told)
  const signatures = makeUsedSignatures()
  const quiet = makeGathering(listening)
  // One that is stuck has held up the others once.
  const closed = makeGathering(() => listening().filter(quiet.has))
  return {
    /** What is known of a credential. */
    known: keeper.known,
    /** How a worker is answered. */
    of: (slot: number): Answers => {
      const turns = keeper.of(String(slot))
      return {
        take: (credential) =>
          Effect.map(turns.take(credential), (verdict) => (verdict === undefined ? null : verdictAsJson(verdict))),
        accepted: turns.accepted,
        refused: ({ credential, error }) => turns.refused(credential, decodeError(error)),
        heard: ({ credential, verdict }) => turns.heard(credential, verdictOf(verdict)),
        undecided: turns.undecided,
        use: signatures.use,
        // One that is told to end by somebody else waits for nobody.
        quiet: () => (isStopping() ? Effect.andThen(quiet.come(slot), handedOver) : Effect.void),
        closed: () => (isStopping() ? closed.come(slot) : Effect.void)
      }
    },
    /** Nothing is to be expected of a worker that has ended. */
    gone: (slot: number): Effect.Effect<void> =>
      Effect.andThen(keeper.gone(String(slot)), Effect.andThen(quiet.look, closed.look))
  }
}

/** Whoever has connected by now is handed to a worker, ahead of what is said to it next. */
const handedOver = Effect.andThen(nextTurn, nextTurn)

const decodeError = Schema.decodeUnknownSync(AuthenticationFailed)
