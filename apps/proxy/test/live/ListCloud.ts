import type { ShowBackupError } from "@cbr/client"
import { type ListBackupsRequest, newestFirst, ShowBackupResponse } from "@cbr/domain"
import { Clock, Effect, Result } from "effect"
import type { FetchError } from "../../src/cache/CacheResult.ts"
import type { ReadPage, ReadPages } from "../../src/live/ProjectPoller.ts"
import { readListAnswer } from "../../src/upstream/ListAnswer.ts"
import type { Upstream } from "../../src/upstream/Upstreams.ts"

/** A backup of a list. */
export interface ListedBackup {
  readonly id: string
  readonly [field: string]: unknown
}

/** The `n`th backup of a project: the greater, the newer. */
export const nth = (n: number, fields: object = {}): ListedBackup => ({
  id: `00000000-0000-4000-8000-${n.toString(16).padStart(12, "0")}`,
  status: "available",
  resource_id: `server-${n % 7}`,
  created_at: new Date(Date.UTC(2026, 0, 1) + n * 60_000).toISOString(),
  ...fields
})

const responseOf = (backup: ListedBackup): ShowBackupResponse =>
  Result.getOrThrow(ShowBackupResponse.ofElement(JSON.stringify(backup)))

const elementOf = ({ raw }: ShowBackupResponse): string => raw.replace(/^\{"backup":(.*)\}$/s, "$1")

/** A project's list that the test changes, with the pages that were asked for. */
export class ListCloud {
  requests: Array<ListBackupsRequest> = []
  /** Parameters that the server does not heed. */
  readonly ignores = new Set<keyof ListBackupsRequest>()
  /** The error of a page, if it fails. */
  failure: ((request: ListBackupsRequest) => FetchError | undefined) | undefined
  /** Happens behind each page. */
  behind: (() => void) | undefined
  readonly #stored = new Map<string, ShowBackupResponse>()
  #sorted: ReadonlyArray<ShowBackupResponse> | undefined

  constructor(first: ReadonlyArray<ListedBackup>) {
    this.put(...first)
  }

  put(...backups: ReadonlyArray<ListedBackup>): void {
    for (const backup of backups) this.#stored.set(backup.id, responseOf(backup))
    this.#sorted = undefined
  }

  remove(...ids: ReadonlyArray<string>): void {
    for (const id of ids) this.#stored.delete(id)
    this.#sorted = undefined
  }

  has(id: string): boolean {
    return this.#stored.has(id)
  }

  ids(): ReadonlyArray<string> {
    return [...this.#stored.keys()].sort()
  }

  calls(): number {
    return this.requests.length
  }

  readonly read: ReadPages = (request) => {
    this.requests.push(request)
    const failure = this.failure?.(request)
    if (failure !== undefined) return Effect.fail(failure)
    const backups = this.#page(request)
    this.behind?.()
    const page = {
      received: backups.length,
      count: backups.length,
      limit: this.ignores.has("limit") ? 50 : request.limit,
      offset: request.offset,
      drift: []
    }
    return Effect.map(Clock.currentTimeMillis, (at) => ({ backups, page, at }))
  }

  /** The upstream of a proxy in front of this cloud. */
  readonly upstream: Upstream = {
    region: "region",
    credential_id: "credential",
    showBackup: () => Effect.die("no backup is asked for"),
    listBackups: (request) =>
      Effect.flatMap(this.read(request, undefined) as Effect.Effect<ReadPage, ShowBackupError>, ({ backups, page }) =>
        readListAnswer(
          `{"backups":[${backups.map(elementOf).join()}],"count":${page.count},"limit":${page.limit}}`,
          "id"
        )
      )
  }

  #page({ limit = 1_000, offset = 0 }: ListBackupsRequest): ReadonlyArray<ShowBackupResponse> {
    const all = [...this.#stored.values()]
    this.#sorted ??= this.ignores.has("sort") ? all : all.sort((a, b) => newestFirst(a.backup, b.backup))
    const from = this.ignores.has("offset") ? 0 : offset
    return this.#sorted.slice(from, from + (this.ignores.has("limit") ? 50 : limit))
  }
}

/** A list of backups, the oldest first. */
export const many = (count: number): ReadonlyArray<ListedBackup> => Array.from({ length: count }, (_, n) => nth(n))
