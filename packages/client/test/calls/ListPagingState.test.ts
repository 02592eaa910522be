import { ShowBackupResponse } from "@cbr/domain"
import { assert, describe, it } from "@effect/vitest"
import { Result, Schema } from "effect"
import { ListPagingState, type PageSizes } from "../../src/calls/ListPagingState.ts"

/** A backup of the server: an id and a moment in seconds, where it says one. */
interface Entry {
  readonly id: string
  readonly at: number | undefined
}

const responseOf = ({ at, id }: Entry): ShowBackupResponse =>
  Result.getOrThrow(
    ShowBackupResponse.read(
      JSON.stringify({ backup: { id, created_at: at === undefined ? null : new Date(at * 1000).toISOString() } })
    )
  )

/** The ways in which a server departs from the request. */
interface Server {
  readonly ignores?: ReadonlyArray<"sort" | "limit" | "offset">
  readonly cap?: number
  readonly echoes?: boolean
  /** Says how many backups there are in all, and the limit that was asked for, though it gives fewer. */
  readonly counts?: boolean
}

const newestFirst = (one: Entry, other: Entry) =>
  (other.at ?? -1) - (one.at ?? -1) || (one.id < other.id ? 1 : one.id > other.id ? -1 : 0)

/** The changes between two pages. */
const Change = Schema.Struct({
  /** Places in the list of those that are deleted. */
  deleted: Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 60 }))).check(Schema.isMaxLength(12)),
  /** Backups that are made, and at what moment; a copy from elsewhere may have an old one. */
  made: Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 20 }))).check(Schema.isMaxLength(6))
})

const World = Schema.Struct({
  moments: Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 8 }))).check(Schema.isMaxLength(60)),
  changes: Schema.Array(Change).check(Schema.isMaxLength(12)),
  /** More than are made between two pages, or no walk would come forward. */
  size: Schema.Int.check(Schema.isBetween({ minimum: 8, maximum: 20 })),
  cap: Schema.Literals([8, 11, 1000]),
  echoes: Schema.Boolean
})

const mostPages = 300

/** Reads a list to its end, while it changes. */
const read = (
  { changes, moments, size }: Pick<typeof World.Type, "changes" | "moments" | "size">,
  { cap = Number.POSITIVE_INFINITY, counts = false, echoes = false, ignores = [] }: Server
) => {
  let entries: Array<Entry> = moments.map((at, index) => ({ id: `b${index}`, at }))
  const still = new Set(entries.map(({ id }) => id))
  const sizes: PageSizes = { first: size, largest: size }
  const paging = new ListPagingState(sizes)
  const given: Array<ShowBackupResponse> = []
  let calls = 0
  while (!paging.isOver) {
    if (++calls > mostPages) throw new Error("endless")
    const { limit, offset } = paging.window
    const sorted = ignores.includes("sort") ? entries : entries.toSorted(newestFirst)
    const from = ignores.includes("offset") ? 0 : offset
    const page = sorted.slice(from, ignores.includes("limit") ? undefined : from + Math.min(limit, cap))
    given.push(
      ...paging.take({
        backups: page.map(responseOf),
        page: {
          received: page.length,
          count: counts ? entries.length : undefined,
          limit: counts || (echoes && limit <= cap) ? limit : undefined,
          offset: undefined,
          drift: []
        }
      })
    )
    const change = changes[calls - 1]
    if (change === undefined) continue
    const gone = new Set(change.deleted.map((place) => sorted[place]?.id))
    for (const id of gone) if (id !== undefined) still.delete(id)
    entries = [
      ...entries.filter(({ id }) => !gone.has(id)),
      ...change.made.map((at, index) => ({ id: `m${calls}-${index}`, at }))
    ]
  }
  return { given, ids: given.map(({ backup }) => backup.id), still, paging, calls }
}

const assertNothingTwice = (ids: ReadonlyArray<unknown>) => assert.strictEqual(new Set(ids).size, ids.length)

describe("ListPagingState", () => {
  it.prop(
    "of a server that honours sort nothing comes twice, nothing that stood still is missed, and the newest come first",
    [World],
    ([world]) => {
      const { given, ids, paging, still } = read(world, world)
      assertNothingTwice(ids)
      assert.deepStrictEqual(
        [...still].filter((id) => !ids.includes(id)),
        []
      )
      const moments = given.map(({ backup }) => backup.created_at?.epochMicroseconds ?? 0)
      assert.deepStrictEqual(
        moments,
        moments.toSorted((a, b) => b - a)
      )
      assert.isTrue(paging.isSorted)
      // One backup after the other that is made just then may look like a server that gives the same page again.
      const isSaid = world.echoes && world.cap >= world.size
      if (isSaid || world.changes.every(({ made }) => made.length === 0)) assert.isUndefined(paging.incomplete)
    },
    { arbitrary: { runs: 1000 } }
  )

  it.prop(
    "where a list changes faster than it is read, it says so or is whole",
    [World, Schema.Literals([2, 3, 5])],
    ([world, size]) => {
      const { ids, paging, still } = read({ ...world, size }, world)
      assertNothingTwice(ids)
      if ([...still].some((id) => !ids.includes(id))) assert.strictEqual(paging.incomplete, "unpaged")
    },
    { arbitrary: { runs: 500 } }
  )

  const Ignored = Schema.Array(Schema.Literals(["sort", "limit", "offset"]))

  it.prop(
    "of a server that ignores what is asked nothing comes twice, the walk ends, and it says what may be missing",
    [World, Ignored],
    ([world, ignores]) => {
      const { ids, paging, still } = read(world, { ...world, ignores })
      assertNothingTwice(ids)
      if ([...still].some((id) => !ids.includes(id))) assert.isDefined(paging.incomplete)
    },
    { arbitrary: { runs: 1000 } }
  )

  const list = (count: number) => Array.from({ length: count }, (_, index) => index + 1)
  const calm = { changes: [], size: 10 }

  it("a page overlaps the one before by one, and a short page ends the list where the server honours the limit", () => {
    assert.strictEqual(read({ ...calm, moments: list(10 + 9 + 8) }, {}).calls, 3)
    // Nothing shows yet that a page could have had more.
    assert.strictEqual(read({ ...calm, moments: list(5) }, {}).calls, 2)
    assert.strictEqual(read({ ...calm, moments: list(5) }, { echoes: true }).calls, 1)
    assert.strictEqual(read({ ...calm, moments: [] }, {}).calls, 1)
  })

  it("a server that gives fewer than were asked for is read to its end", () => {
    const { ids, paging } = read({ ...calm, moments: list(50) }, { cap: 3 })
    assert.lengthOf(ids, 50)
    assert.isUndefined(paging.incomplete)
  })

  it("a server that ignores sort gives its own order, and the list may be incomplete", () => {
    const { ids, paging } = read({ ...calm, moments: list(50) }, { ignores: ["sort"] })
    assert.lengthOf(ids, 50)
    assert.deepStrictEqual([paging.isSorted, paging.incomplete], [false, "unsorted"])
  })

  it("one page of a server that ignores sort is whole, and is put in order", () => {
    const { given, paging } = read({ ...calm, moments: [3, 1, 2] }, { ignores: ["sort"], echoes: true })
    assert.deepStrictEqual(
      given.map(({ backup }) => backup.created_at?.date.getUTCSeconds()),
      [3, 2, 1]
    )
    assert.isUndefined(paging.incomplete)
  })

  it("a server that gives fewer than the limit that it names is read to its end, if it counts all", () => {
    const { ids, paging } = read({ ...calm, moments: list(50) }, { cap: 3, counts: true })
    assert.lengthOf(ids, 50)
    assert.isUndefined(paging.incomplete)
  })

  it("an order that is lost on the last page may have hidden a backup, and the list says so", () => {
    const { ids, paging, still } = read(
      { ...calm, size: 4, moments: [100, 90, 80, 70, 200, 60] },
      { ignores: ["sort"], echoes: true }
    )
    assert.isTrue([...still].some((id) => !ids.includes(id)))
    assert.strictEqual(paging.incomplete, "unsorted")
  })

  it("a server that ignores offset ends the list, which may be incomplete", () => {
    const { calls, ids, paging } = read({ ...calm, moments: list(50) }, { ignores: ["offset"] })
    assert.strictEqual(paging.incomplete, "unpaged")
    assert.deepStrictEqual([ids.length, calls], [10, 3])
  })

  it("a server that ignores offset and makes a backup between any two pages ends the list too", () => {
    const changes = Array.from({ length: 12 }, (_, index) => ({ deleted: [], made: [100 + index] }))
    const { calls, paging } = read({ changes, size: 10, moments: list(50) }, { ignores: ["offset"] })
    assert.deepStrictEqual([calls, paging.incomplete], [3, "unpaged"])
  })

  it("a server that ignores the limit gives all at once", () => {
    const { calls, ids, paging } = read({ ...calm, moments: list(50) }, { ignores: ["limit"] })
    assert.deepStrictEqual([calls, ids.length, paging.incomplete], [2, 50, undefined])
  })

  it("backups of one moment, and of none, come once", () => {
    const entries = [1, 1, 1, 1, undefined, undefined].map((at, index) => ({ id: String(index), at }))
    const paging = new ListPagingState({ first: 2, largest: 2 })
    const ids: Array<string | undefined> = []
    while (!paging.isOver) {
      const { limit, offset } = paging.window
      const page = entries.slice(offset, offset + limit)
      const backups = page.map(responseOf)
      const said = { received: page.length, count: 6, limit: undefined, offset: undefined, drift: [] }
      ids.push(...paging.take({ backups, page: said }).map(({ backup }) => backup.id))
    }
    assert.deepStrictEqual(ids, ["0", "1", "2", "3", "4", "5"])
  })

  it("two deletions before a page of backups of one moment hide none of them", () => {
    const changes = [{ deleted: [0, 1], made: [] }]
    const { ids, still } = read({ changes, size: 8, moments: Array.from({ length: 20 }, () => 1) }, {})
    assert.sameMembers(
      ids.filter((id) => id !== undefined && still.has(id)),
      [...still]
    )
  })

  it("a page that was too large is asked for in smaller ones, down to two backups", () => {
    const paging = new ListPagingState({ first: 1000, largest: 1000 })
    const sizes: Array<number> = []
    while (paging.shrink()) sizes.push(paging.window.limit)
    assert.deepStrictEqual(sizes, [250, 62, 15, 3, 2])
  })

  it("pages grow up to the largest, unless a larger one was too large", () => {
    const paging = new ListPagingState({ first: 10, largest: 1000 })
    assert.strictEqual(paging.window.limit, 10)
    const full = (limit: number) =>
      Array.from({ length: limit }, (_, index) => responseOf({ id: String(index), at: 5000 - index }))
    paging.take({ backups: full(10), page: { received: 10, count: 1e4, limit: 10, offset: 0, drift: [] } })
    assert.deepStrictEqual(paging.window, { offset: 9, limit: 40 })
  })
})
