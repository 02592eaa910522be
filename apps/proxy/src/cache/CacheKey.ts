import { type ListBackupsRequest, listBackupsQuery, type ShowBackupRequest } from "@cbr/domain"
import type { Upstream } from "../upstream/Upstreams.ts"

/** A request to the cloud, through the cache. */
export type CachedRequest = ShowBackupRequest | ListBackupsRequest

/** Whether a page of the list is asked for. */
export const isListRequest = (request: CachedRequest): request is ListBackupsRequest => !("backup_id" in request)

/**
 * The key of an entry: the project's upstream, the project, and the backup's id or the list's query in its
 * canonical form. What stands in it is checked before, so that nothing reaches beyond its own line.
 */
export const keyOf = (upstream: Upstream, request: CachedRequest): string =>
  upstreamPlace(upstream, request.project_id) +
  (isListRequest(request) ? `?${canonicalQuery(request)}` : request.backup_id.toLowerCase())

/** The beginning of the keys of all entries of a project. */
export const upstreamPlace = ({ credential_id, region }: Upstream, project_id: string): string =>
  `${region}\n${credential_id}\n${project_id}\n`

/** All of a key but its last line: the upstream and the project. Ends with a line break. */
export const placeOf = (key: string): string => key.slice(0, key.lastIndexOf("\n") + 1)

/** The last line of a key: which backup, or which list. */
export const subjectOf = (key: string): string => key.slice(key.lastIndexOf("\n") + 1)

/** Whether a key names a page of the list. */
export const isListKey = (key: string): boolean => key[key.lastIndexOf("\n") + 1] === "?"

const canonicalQuery = (request: ListBackupsRequest): string =>
  listBackupsQuery(request)
    .map(([name, value]) => `${name}=${encodeURIComponent(value.toWellFormed())}`)
    .join("&")
