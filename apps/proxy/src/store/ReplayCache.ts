/** A name that may be used once: the signature of a request, and the key that it was made with. */
export interface ReplayEntry {
  /** Each owner's names make room for one another, and push out no other owner's. */
  readonly owner: string
  readonly name: string
}

/** Names that were used, in this process's memory. */
export interface ReplayCache {
  /**
   * Notes a name for so many milliseconds; tells whether that is the first time.
   *
   * @param now milliseconds since 1970
   */
  readonly use: (used: ReplayEntry, milliseconds: number, now: number) => boolean
}

/** Some 50 MB of them; where more have to be remembered at a time, replicas share a Redis. */
const mostRemembered = 500_000

/** No name yet. Of too many the oldest of the owner with the most are forgotten. */
export const makeReplayCache = (most: number = mostRemembered): ReplayCache => {
  /** By owner: by when each of its names is forgotten, the oldest first. */
  const ends = new Map<string, Map<string, number>>()
  let count = 0
  const forget = (owner: string, of: Map<string, number>, name: string) => {
    if (of.delete(name)) count--
    if (of.size === 0) ends.delete(owner)
  }
  const forgetOne = () => {
    const [owner, of] = Array.from(ends).reduce((one, other) => (other[1].size > one[1].size ? other : one))
    for (const oldest of of.keys()) return forget(owner, of, oldest)
  }
  return {
    use: ({ name, owner }, milliseconds, now) => {
      for (const [oldest, end] of ends.get(owner) ?? []) {
        if (end > now) break
        forget(owner, ends.get(owner)!, oldest)
      }
      const own = ends.get(owner) ?? new Map<string, number>()
      if (own.has(name)) return false
      ends.set(owner, own.set(name, now + milliseconds))
      count++
      if (count > most) forgetOne()
      return true
    }
  }
}
