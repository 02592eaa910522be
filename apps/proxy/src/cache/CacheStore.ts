import * as Iterable from "effect/Iterable"
import { LRUCache } from "lru-cache"
import { type CachePolicy, defaultCachePolicy } from "../policy/CachePolicy.ts"
import { type Absent, type CacheEntry, type Present, sizeOf } from "./CacheEntry.ts"
import { isListKey } from "./CacheKey.ts"

/**
 * The size of the cache: `entries` of backups that exist and as many of ones that do not, and `bytes` for both;
 * `list_bytes` for pages of lists.
 */
export type CacheLimits = Pick<CachePolicy, "entries" | "bytes"> & Partial<Pick<CachePolicy, "list_bytes">>

/**
 * The cached answers, by key; the least recently used goes first. Every
 * operation is synchronous and knows nothing of time: the reader of an entry
 * judges its freshness.
 */
export interface CacheStore {
  /** Counts as a use. */
  readonly get: (key: string) => CacheEntry | undefined
  /** Does not count as a use. */
  readonly peek: (key: string) => CacheEntry | undefined
  readonly put: (key: string, entry: CacheEntry) => void
  /** Calls with each entry that is put from now on. */
  readonly onPut: (listener: (key: string, entry: CacheEntry) => void) => void
  /** Puts a copy in the place of an entry, unless another entry has taken the place. */
  readonly replace: (entry: Present, copy: Present) => void
  readonly forget: (key: string) => void
  /** Whether the condition holds for the key of any backup. */
  readonly some: (holds: (key: string) => boolean) => boolean
  /** The pages of lists, with their keys. */
  readonly lists: () => Iterable<readonly [key: string, page: Present]>
  readonly size: () => CacheSize
}

/** The entries in the cache, and the bytes that they take. */
export interface CacheSize {
  readonly entries: number
  readonly bytes: number
}

/**
 * A store within limits. Entries of ids that do not exist have places of their
 * own, and at most a fifth of the bytes, and so have pages of lists: a
 * caller that asks for such ids, or for any number of lists, pushes out no
 * backup that exists.
 *
 * @param changed called after each entry that is put or forgotten
 */
export const makeCacheStore = (
  { bytes, entries, list_bytes = defaultCachePolicy.list_bytes }: CacheLimits,
  changed: (size: CacheSize) => void = () => {}
): CacheStore => {
  const most = Math.floor(Math.min(entries, bytes / 5 / sizeOfAbsent))
  const absents = most > 0 ? new LRUCache<string, Absent>({ max: most }) : undefined
  const left = bytes - most * sizeOfAbsent
  const presents =
    entries > 0 && left > 0
      ? new LRUCache<string, Present>({ max: entries, maxSize: left, sizeCalculation: sizeOf })
      : undefined
  const pages =
    list_bytes > 0
      ? new LRUCache<string, Present>({ max: maxPages, maxSize: list_bytes, sizeCalculation: sizeOf })
      : undefined
  const listeners: Array<(key: string, entry: CacheEntry) => void> = []
  const size = () => {
    const gone = absents?.size ?? 0
    return {
      entries: (presents?.size ?? 0) + gone + (pages?.size ?? 0),
      bytes: (presents?.calculatedSize ?? 0) + gone * sizeOfAbsent + (pages?.calculatedSize ?? 0)
    }
  }
  return {
    get: (key) => (isListKey(key) ? pages?.get(key) : (presents?.get(key) ?? absents?.get(key))),
    peek: (key) => (isListKey(key) ? pages?.peek(key) : (presents?.peek(key) ?? absents?.peek(key))),
    put: (key, entry) => {
      if (entry._tag === "Present" && isListKey(key)) pages?.set(key, entry)
      else if (entry._tag === "Present") {
        absents?.delete(key)
        presents?.set(key, entry)
      } else {
        presents?.delete(key)
        absents?.set(key, entry)
      }
      changed(size())
      for (const listener of listeners) listener(key, entry)
    },
    onPut: (listener) => void listeners.push(listener),
    replace: (entry, copy) => {
      const place = isListKey(entry.key) ? pages : presents
      if (place?.peek(entry.key) === entry) place.set(entry.key, copy)
    },
    forget: (key) => {
      presents?.delete(key)
      absents?.delete(key)
      pages?.delete(key)
      changed(size())
    },
    some: (holds) => Iterable.some(presents?.keys() ?? [], holds) || Iterable.some(absents?.keys() ?? [], holds),
    lists: () => pages?.entries() ?? [],
    size
  }
}

const sizeOfAbsent = 1_024

/** Pages of lists, however small they are: each is looked through when a backup has changed. */
const maxPages = 1_000
