import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Schema } from "effect"
import { largestText, Representation, sizeOf, withCoding } from "../../src/cache/CacheEntry.ts"
import { makeCacheStore } from "../../src/cache/CacheStore.ts"
import { defaultCachePolicy } from "../../src/policy/CachePolicy.ts"
import { absentOf, presentOf } from "./entries.ts"

const present = (key: string, bytes: number) =>
  presentOf({ key, identity: new Representation(Buffer.alloc(bytes), '"tag"') })

describe("CacheStore", () => {
  it("the least recently used goes first", () => {
    const store = makeCacheStore({ entries: 3, bytes: 1_000_000 })
    for (const key of ["a", "b", "c"]) store.put(key, present(key, 1))
    store.get("a")
    store.put("d", present("d", 1))
    assert.deepStrictEqual(
      ["a", "b", "c", "d"].filter((key) => store.get(key) !== undefined),
      ["a", "c", "d"]
    )
  })

  it("what does not exist pushes out nothing that does", () => {
    const store = makeCacheStore({ entries: 10, bytes: 1_000_000 })
    store.put("here", present("here", 1))
    for (let n = 0; n < 1_000; n++) store.put(`gone ${n}`, absentOf())
    assert.strictEqual(store.get("here")?._tag, "Present")
    assert.strictEqual(store.size().entries, 11)
  })

  it("lists have bytes of their own, so that they push out no backup, and no backup pushes out a list", () => {
    const store = makeCacheStore({ entries: 10, bytes: 100_000, list_bytes: 10_000 })
    const listKey = (n: number) => `place\n?limit=${n}`
    store.put("place\nhere", present("place\nhere", 1))
    for (let n = 0; n < 100; n++) store.put(listKey(n), present(listKey(n), 9_000 - n))
    assert.strictEqual(store.get("place\nhere")?._tag, "Present")
    assert.deepStrictEqual(
      [...store.lists()].map(([key]) => key),
      [listKey(99)]
    )
    for (let n = 0; n < 20; n++) store.put(`place\n${n}`, present(`place\n${n}`, 9_000))
    assert.strictEqual(store.get(listKey(99))?._tag, "Present")
    store.forget(listKey(99))
    assert.deepStrictEqual([...store.lists()], [])
    const none = makeCacheStore({ entries: 10, bytes: 100_000, list_bytes: 0 })
    none.put(listKey(1), present(listKey(1), 1))
    assert.isUndefined(none.get(listKey(1)))
  })

  it("holds as many backups as it says, and as many ids of none, and no more of either", () => {
    const store = makeCacheStore(defaultCachePolicy)
    const ids = Array.from({ length: 10_001 }, (_, index) => `${index}`)
    for (const id of ids) store.put(`here ${id}`, present(`here ${id}`, 1_500))
    for (const id of ids) store.put(`gone ${id}`, absentOf())
    assert.strictEqual(ids.filter((id) => store.peek(`here ${id}`) !== undefined).length, 10_000)
    assert.strictEqual(ids.filter((id) => store.peek(`gone ${id}`) !== undefined).length, 10_000)
  })

  it("a key has one entry, whatever it was before", () => {
    const store = makeCacheStore({ entries: 10, bytes: 1_000_000 })
    store.put("key", present("key", 1))
    store.put("key", absentOf())
    assert.strictEqual(store.get("key")?._tag, "Absent")
    store.put("key", present("key", 1))
    assert.strictEqual(store.get("key")?._tag, "Present")
    assert.strictEqual(store.size().entries, 1)
    store.forget("key")
    assert.isUndefined(store.get("key"))
  })

  it("a body that is kept as text as well counts twice", () => {
    const [small, large] = [present("a", largestText), present("b", largestText + 1)]
    assert.strictEqual(sizeOf(small) - sizeOf(large), largestText - 1)
  })

  it("a copy with one coding more takes the place of its entry alone, and its bytes count", () => {
    const store = makeCacheStore({ entries: 10, bytes: 1_000_000 })
    const entry = present("key", 5_000)
    const copy = withCoding(entry, "gzip")
    store.put("key", entry)
    store.replace(entry, copy)
    assert.strictEqual(store.get("key"), copy)
    assert.strictEqual(store.size().bytes, sizeOf(copy))
    assert.isAbove(sizeOf(copy), sizeOf(entry))

    const newer = present("key", 5_000)
    store.put("key", newer)
    store.replace(copy, withCoding(copy, "br"))
    assert.strictEqual(store.get("key"), newer)
  })

  it("an entry that is larger than the whole cache is not kept", () => {
    const store = makeCacheStore({ entries: 10, bytes: 10_000 })
    store.put("key", present("key", 20_000))
    assert.isUndefined(store.get("key"))
  })

  const step = Arbitrary.all({
    key: Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 60 }))),
    bytes: Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 12_000 }))),
    act: Arbitrary.schema(Schema.Literals(["get", "put", "put", "absent", "forget", "gzip"]))
  })

  const whole = (maximum: number) => Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum })))
  const limits = Arbitrary.all({ entries: whole(30), bytes: whole(60_000) })

  it.prop(
    "the bounds hold after every step of any sequence, and what is found is what was put last",
    [Arbitrary.array(step, { maxLength: 200 }), limits],
    ([steps, limits]) => {
      const store = makeCacheStore(limits)
      const last = new Map<string, unknown>()
      for (const { act, bytes, key: number } of steps) {
        const key = String(number)
        const found = store.get(key)
        if (found !== undefined) assert.strictEqual(found, last.get(key))
        if (act === "put" || act === "absent") {
          const entry = act === "put" ? present(key, bytes) : absentOf()
          store.put(key, entry)
          last.set(key, entry)
        } else if (act === "forget") {
          store.forget(key)
          assert.isUndefined(store.get(key))
        } else if (act === "gzip" && found?._tag === "Present") {
          const copy = withCoding(found, "gzip")
          store.replace(found, copy)
          last.set(key, copy)
        }
        const size = store.size()
        assert.isAtMost(size.entries, 2 * limits.entries)
        assert.isAtMost(size.bytes, limits.bytes)
      }
    },
    { arbitrary: { runs: 500 } }
  )
})
