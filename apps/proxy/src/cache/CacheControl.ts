/**
 * A caller's directives for answers from the cache.
 *
 * @source RFC 9111, section 5.2.1
 */
export interface CacheControl {
  /** Seconds of age that the answer may have at most. */
  readonly maxAge: number | undefined
  /** Seconds that the answer has to stay fresh at least. */
  readonly minFresh: number | undefined
  /** Seconds beyond its freshness that are accepted; `Infinity` for any. */
  readonly maxStale: number | undefined
  readonly noCache: boolean
  readonly noStore: boolean
  readonly onlyIfCached: boolean
}

/** No directive at all. */
export const noDirectives: CacheControl = {
  maxAge: undefined,
  minFresh: undefined,
  maxStale: undefined,
  noCache: false,
  noStore: false,
  onlyIfCached: false
}

/**
 * Reads the values of every `Cache-Control` field. Unknown directives, and
 * known ones without a number where they need one, are passed over; of a
 * directive that comes twice the first counts.
 */
export const parse = (fields: ReadonlyArray<string>): CacheControl => {
  if (fields.length === 0) return noDirectives
  const given = new Map<string, string | undefined>()
  for (const [, name = "", token, quoted] of fields.join(",").matchAll(directive)) {
    const key = name.toLowerCase()
    if (!given.has(key)) given.set(key, token ?? quoted)
  }
  return {
    maxAge: deltaSeconds(given.get("max-age")),
    minFresh: deltaSeconds(given.get("min-fresh")),
    maxStale:
      given.has("max-stale") && given.get("max-stale") === undefined ? Infinity : deltaSeconds(given.get("max-stale")),
    noCache: given.has("no-cache"),
    noStore: given.has("no-store"),
    onlyIfCached: given.has("only-if-cached")
  }
}

/** A name, and perhaps a token or a quoted string; whole elements of the list alone. */
const directive =
  /(?<=^|,)[ \t]*([!#$%&'*+\-.^_`|~\w]+)(?:=(?:([!#$%&'*+\-.^_`|~\w]+)|"((?:[^"\\]|\\.)*)"))?[ \t]*(?=,|$)/g

/** Beyond this a number of seconds means "for ever". */
const longest = 2 ** 31

const deltaSeconds = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d+$/.test(text) ? Math.min(Number(text), longest) : undefined
