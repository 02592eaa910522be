import { ShowBackupResponse, showBackupPath } from "@cbr/domain"
import { signal } from "@preact/signals"
import * as Result from "effect/Result"
import { backupEventsPath } from "../contract/BoardPaths.ts"
import { follow, type StreamState } from "./EventStream.ts"
import { resultOf, type Fault, fault, type Outcome } from "./Fault.ts"
import type { GatewayFetch } from "./GatewayFetch.ts"
import type { Session } from "./Session.ts"

/** Asks for one backup. */
export const fetchBackup = async (
  ask: GatewayFetch,
  request: { readonly project_id: string; readonly backup_id: string },
  abort: AbortSignal
): Promise<Outcome<ShowBackupResponse>> => {
  const outcome = await resultOf(ask(showBackupPath(request), { signal: abort }), async (response) => ({
    // The mark that a body may begin with is part of it.
    text: new TextDecoder("utf-8", { ignoreBOM: true }).decode(await response.arrayBuffer()),
    request_id: response.headers.get("x-request-id") ?? undefined
  }))
  if (outcome._tag === "Fault") return outcome
  const { request_id, text } = outcome.value
  return Result.match(ShowBackupResponse.read(text, { request_id }), {
    onFailure: () => fault("unreadable"),
    onSuccess: (value) => ({ _tag: "Given", value })
  })
}

const sameLines = (text: string): string => text.replaceAll(/\r\n?/g, "\n")

/** A backup that is followed. */
export interface FollowedBackup {
  readonly response: ShowBackupResponse | undefined
  /** Whether it is gone. */
  readonly isGone: boolean
  readonly fault: Fault | undefined
  readonly stream: StreamState
  /** Changes since it was first shown. */
  readonly changes: number
}

/** Follows one backup: as it is, then as it changes. */
export const followBackup = (
  { ask }: Session,
  request: { readonly project_id: string; readonly backup_id: string },
  options?: { readonly restsWhileHidden?: boolean }
) => {
  const followed = signal<FollowedBackup>({
    response: undefined,
    isGone: false,
    fault: undefined,
    stream: "connecting",
    changes: 0
  })
  const set = (part: Partial<FollowedBackup>): void => {
    followed.value = { ...followed.peek(), ...part }
  }
  const abort = new AbortController()
  const take = (response: ShowBackupResponse): void => {
    const { changes, response: before } = followed.peek()
    // An event tells every line break as one of the same kind: what was read byte for byte stays.
    if (before !== undefined && sameLines(before.raw) === sameLines(response.raw)) return
    set({ response, fault: undefined, changes: before === undefined ? 0 : changes + 1 })
  }
  const read = async (): Promise<void> => {
    const outcome = await fetchBackup(ask, request, abort.signal)
    if (abort.signal.aborted) return
    if (outcome._tag === "Given") take(outcome.value)
    else if (followed.peek().response === undefined) set({ fault: outcome })
  }
  void read()
  const close = follow(
    ask,
    backupEventsPath(request.project_id, request.backup_id),
    {
      state: (stream) => set({ stream }),
      event: ({ data, event }) => {
        if (event === "deleted") {
          set({ isGone: true })
          end()
        } else if (event === "snapshot" || event === "changed" || event === "stable") {
          const response = Result.getOrUndefined(ShowBackupResponse.read(data))
          if (response !== undefined) take(response)
        }
      }
    },
    options
  )
  const end = (): void => {
    abort.abort()
    close()
  }
  return { followed, end }
}
