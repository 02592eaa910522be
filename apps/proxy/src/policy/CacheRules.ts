import * as Context from "effect/Context"

/** How long answers are used, in seconds unless said otherwise. */
export interface CacheRules {
  readonly fresh: {
    readonly available: number
    readonly error: number
    /** The backup is at rest, but a child or a replication of it is not. */
    readonly partMoving: number
    /** Under way. */
    readonly moving: number
    /** In a state that nobody has documented, or in none. */
    readonly unknown: number
    readonly notFound: number
    /** No such backup, after it was seen on its way to that. */
    readonly notFoundAfterDeleting: number
  }
  /** How far these times are varied either way, as a fraction, so that what came together does not end together. */
  readonly jitter: number
  /** How long a stale answer serves while a new one is fetched; of backups at rest alone. */
  readonly staleWhileRevalidate: number
  /** How long a stale answer serves when no new one can be had; of backups at rest alone. */
  readonly staleIfError: number
  /** Calls that callers force for one backup are at least this far apart. */
  readonly betweenForced: number
}

/** The rules unless others are provided. */
export const defaultCacheRules: CacheRules = {
  fresh: {
    available: 60,
    error: 30,
    partMoving: 5,
    moving: 2,
    unknown: 2,
    notFound: 5,
    notFoundAfterDeleting: 60
  },
  jitter: 0.1,
  staleWhileRevalidate: 30,
  staleIfError: 3_600,
  betweenForced: 1
}

/** The rules in force for a request; {@link defaultCacheRules} unless others are provided. */
export const CacheRules = Context.Reference<CacheRules>("@cbr/proxy/CacheRules", {
  defaultValue: () => defaultCacheRules
})
