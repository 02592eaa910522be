import { type BackupResp, gravityOfVerdict, resourceKey, ShowBackupResponse } from "@cbr/domain"
import { computed, signal } from "@preact/signals"
import * as DateTime from "effect/DateTime"
import * as Result from "effect/Result"
import { fleetPath, projectEventsPath } from "../contract/BoardPaths.ts"
import type { FleetDigest, ResourceDigest } from "../contract/FleetDigest.ts"
import { resourceVerdict, type ResourceVerdict } from "../contract/ResourceVerdict.ts"
import { markOf, stripOf, withMark, withoutMark } from "../contract/StripMark.ts"
import { now, setClock } from "./Clock.ts"
import { follow, type StreamState } from "./EventStream.ts"
import { resultOf, type Fault } from "./Fault.ts"
import { words } from "./Language.ts"
import { route } from "./Location.ts"
import { wholeFleet } from "./Route.ts"
import type { Session } from "./Session.ts"

/** A resource as it is shown. */
export interface FleetRow {
  readonly resource: ResourceDigest
  readonly judged: ResourceVerdict
  /** The name, or the next best. */
  readonly name: string
}

interface FleetState {
  readonly project_id: string
  readonly incomplete: boolean
  readonly resources: ReadonlyMap<string, ResourceDigest>
}

/** The fleet of the project that is looked at: why it cannot be shown, or `undefined` until it comes. */
export const fleet = signal<FleetState | Fault | undefined>(undefined)

/** The state of the stream of changes. */
export const fleetStream = signal<StreamState>("connecting")

/** Resources that changed of late, and when: they are highlighted. */
export const changed = signal<ReadonlyMap<string, number>>(new Map())

const hours = computed(() => (route.value.view === "fleet" ? route.value.hours : wholeFleet.hours))

/** Every resource, judged, the worst first; of equally bad ones the oldest backup first. */
export const rows = computed((): ReadonlyArray<FleetRow> => {
  const state = fleet.value
  if (state === undefined || "_tag" in state) return []
  const maxAge = hours.value * 3600
  return Array.from(state.resources.values(), (resource): FleetRow => {
    const judged = resourceVerdict(resource, now.value, maxAge)
    return { resource, judged, name: resource.name ?? (resource.id === "" ? words.value.fleet.nameless : resource.id) }
  }).sort(
    (one, other) =>
      gravityOfVerdict(other.judged.verdict) - gravityOfVerdict(one.judged.verdict) ||
      (one.judged.whole?.at ?? 0) - (other.judged.whole?.at ?? 0) ||
      (one.name < other.name ? -1 : 1)
  )
})

/** Between two requests for a digest that lacks something, in milliseconds: at first, and at most. */
const firstWait = 2_000
const maxWait = 60_000

/** Reads a project's digest and follows its changes. Returns what ends that. */
export const openFleet = ({ ask }: Session, project_id: string): (() => void) => {
  const known = fleet.peek()
  if (known === undefined || "_tag" in known || known.project_id !== project_id) fleet.value = undefined
  let etag: string | undefined
  let reading: AbortController | undefined
  let again: ReturnType<typeof setTimeout> | undefined
  let wait = firstWait

  const askLater = () => {
    again = setTimeout(() => void read(), wait)
    wait = Math.min(2 * wait, maxWait)
  }

  const read = async (): Promise<void> => {
    reading?.abort()
    clearTimeout(again)
    const own = (reading = new AbortController())
    const outcome = await resultOf(
      ask(fleetPath(project_id), {
        signal: own.signal,
        ...(etag === undefined ? {} : { headers: { "if-none-match": etag } })
      }),
      async (response) => {
        setClock(response.headers.get("date"))
        etag = response.headers.get("etag") ?? undefined
        return (await response.json()) as FleetDigest
      }
    )
    if (own.signal.aborted) return
    if (outcome._tag === "Fault") {
      const before = fleet.peek()
      // The known rows stay in sight while the gateway cannot be reached.
      if (before === undefined || "_tag" in before || outcome.kind === "refused" || outcome.kind === "forbidden") {
        fleet.value = outcome
      } else if (before.incomplete) askLater()
      return
    }
    const { incomplete, resources } = outcome.value
    // The gateway may still be reading the list. It is asked again, each time later: the answer waits for the list's end.
    if (incomplete) askLater()
    else wait = firstWait
    fleet.value = { project_id, incomplete, resources: new Map(resources.map((resource) => [resource.id, resource])) }
  }

  const close = follow(ask, projectEventsPath(project_id), {
    state: (state) => {
      fleetStream.value = state
      // Without a stream the page shows what was there when it was opened.
      if (typeof state === "object") void read()
    },
    event: ({ data, event }) => {
      if (event === "snapshot") void read()
      else if (event === "gone") takeDeletion(data)
      else if (event === "new" || event === "changed") takeBackup(data)
    }
  })
  return () => {
    reading?.abort()
    clearTimeout(again)
    close()
  }
}

const takeBackup = (text: string): void => {
  const response = Result.getOrUndefined(ShowBackupResponse.read(text))
  const state = fleet.peek()
  if (response === undefined || state === undefined || "_tag" in state) return
  const { backup } = response
  const id = resourceKey(backup)
  const known = state.resources.get(id)
  const mark = markOf(backup, DateTime.makeUnsafe(now.peek() * 1000))
  const strip = withMark(known?.strip ?? stripOf([]), mark)
  const isNewest = strip.ids[0] === mark.id
  replace({ ...known, id, expected: known?.expected ?? false, ...(isNewest ? factsOf(backup) : {}), strip })
}

const factsOf = ({ resource_name, resource_size, resource_type, vault_id }: BackupResp) => ({
  ...(resource_name === undefined ? {} : { name: resource_name }),
  ...(resource_type === undefined ? {} : { type: resource_type }),
  ...(vault_id === undefined ? {} : { vault: vault_id }),
  ...(resource_size === undefined ? {} : { size: resource_size })
})

const takeDeletion = (text: string): void => {
  const state = fleet.peek()
  if (state === undefined || "_tag" in state) return
  const id = Result.getOrUndefined(ShowBackupResponse.read(text))?.backup.id
  if (id === undefined) return
  for (const resource of state.resources.values()) {
    if (!resource.strip.ids.includes(id)) continue
    const strip = withoutMark(resource.strip, id)
    if (strip.ids.length > 0 || resource.expected) replace({ ...resource, strip })
    else remove(resource.id)
    return
  }
}

/** A resource of which nothing is left is no row any more. */
const remove = (id: string): void => {
  const state = fleet.peek()
  if (state === undefined || "_tag" in state) return
  const resources = new Map(state.resources)
  resources.delete(id)
  fleet.value = { ...state, resources }
}

/** Time that a changed row stays highlighted, in milliseconds. */
const highlight = 6000

const replace = (resource: ResourceDigest): void => {
  const state = fleet.peek()
  if (state === undefined || "_tag" in state) return
  const resources = new Map(state.resources)
  // A name that is expected gives way to the resource that bears it.
  const awaited = resource.name === undefined ? undefined : resources.get(resource.name)
  const expected = resource.expected || awaited !== undefined
  if (awaited !== undefined && resource.name !== undefined) resources.delete(resource.name)
  resources.set(resource.id, { ...resource, expected })
  fleet.value = { ...state, resources }
  const at = Date.now()
  changed.value = new Map([...changed.peek(), [resource.id, at]])
  setTimeout(() => {
    const left = new Map(changed.peek())
    if (left.get(resource.id) === at) left.delete(resource.id)
    changed.value = left
  }, highlight)
}
