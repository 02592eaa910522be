import { effect, signal } from "@preact/signals"
import * as DateTime from "effect/DateTime"
import { followBackup } from "./BackupClient.ts"
import { now } from "./Clock.ts"
import type { StreamState } from "./EventStream.ts"
import { words } from "./Language.ts"
import { session, type Session } from "./Session.ts"
import { type WaitCondition, waitState } from "./WaitCondition.ts"

/** A backup that the reader waits for. */
export interface Watch {
  readonly key: number
  readonly project_id: string
  readonly backup_id: string
  readonly name: string
  readonly goal: WaitCondition
  readonly state: "waiting" | "reached" | "impossible"
  readonly stream: StreamState
  readonly end: () => void
}

/** A browser has six connections to a server, of which a view uses two. */
export const maxWatches = 2

/** The reader's watches, each until the reader dismisses it. */
export const watches = signal<ReadonlyArray<Watch>>([])

let lastKey = 0

/** Waits for a goal of a backup, and tells of it once. */
export const tellWhen = (
  opened: Session,
  { backup_id, goal, name, project_id }: Pick<Watch, "backup_id" | "goal" | "name" | "project_id">
): void => {
  const key = ++lastKey
  // A user who waits for news looks elsewhere meanwhile, so this stream does not rest.
  const { end, followed } = followBackup(opened, { project_id, backup_id }, { restsWhileHidden: false })
  const set = (part: Partial<Watch>): void => {
    watches.value = watches.peek().map((watch) => (watch.key === key ? { ...watch, ...part } : watch))
  }
  watches.value = [
    ...watches.peek(),
    { key, project_id, backup_id, name, goal, state: "waiting", stream: "connecting", end: () => stop() }
  ]
  const dispose = effect(() => {
    const { isGone, response, stream } = followed.value
    set({ stream })
    if (response === undefined && !isGone) return
    const state = waitState(goal, isGone ? undefined : response?.backup, DateTime.makeUnsafe(now.peek() * 1000))
    if (state === "waiting") return
    set({ state })
    notify(name, goal, state)
    queueMicrotask(stop)
  })
  const stop = (): void => {
    dispose()
    end()
  }
}

/** Takes a watch off the list. */
export const dismiss = ({ end, key }: Watch): void => {
  end()
  watches.value = watches.peek().filter((watch) => watch.key !== key)
}

/** A goal in words: `is copied to cn-south-1`. */
export const goalText = (goal: WaitCondition): string => {
  const text = words.value.tell.goals[goal.kind]
  return goal.kind === "replicated" ? `${text} ${goal.region}` : text
}

const notify = (name: string, goal: WaitCondition, state: "reached" | "impossible"): void => {
  if (typeof Notification === "undefined" || Notification.permission !== "granted") return
  const { tell } = words.peek()
  const text = goalText(goal)
  const notification = new Notification(name, { body: state === "reached" ? tell.reached(text) : tell.cannot(text) })
  notification.addEventListener("click", () => focus())
}

effect(() => {
  if (session.value !== undefined) return
  for (const watch of watches.peek()) dismiss(watch)
})
