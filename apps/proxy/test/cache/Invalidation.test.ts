import { assert, describe, it } from "@effect/vitest"
import { stateOf } from "../../src/cache/BackupState.ts"
import type { CacheEntry } from "../../src/cache/CacheEntry.ts"
import { makeCacheStore } from "../../src/cache/CacheStore.ts"
import { outdatedBy, statementOf } from "../../src/cache/Invalidation.ts"
import { defaultCachePolicy } from "../../src/policy/CachePolicy.ts"
import { backupOf } from "./backupOf.ts"
import { absentOf, presentOf } from "./entries.ts"

const place = "region\ncredential\nproject\n"

const backup = (id: string, status: string): readonly [string, CacheEntry] => {
  const key = `${place}${id}`
  return [key, presentOf({ key, state: stateOf(backupOf({ id, status })) })]
}

const list = (
  query: string,
  statuses: Readonly<Record<string, string>>,
  from = place
): readonly [string, CacheEntry] => {
  const key = `${from}?${query}`
  const states = new Map(Object.entries(statuses).map(([id, status]) => [id, stateOf(backupOf({ id, status }))]))
  return [key, presentOf({ key, states })]
}

/** What is left in a store of these after an answer has come. */
const contradicted = (
  cached: ReadonlyArray<readonly [string, CacheEntry]>,
  [key, entry]: readonly [string, CacheEntry]
) => {
  const store = makeCacheStore(defaultCachePolicy)
  for (const one of cached) store.put(...one)
  return outdatedBy(key, statementOf(key, entry), store).map((other) => other.slice(place.length))
}

describe("what an answer contradicts of what is cached", () => {
  it("a backup's new state contradicts each list that has an older one, and no other list", () => {
    const lists = [
      list("old", { a: "protecting", b: "available" }),
      list("same", { a: "available" }),
      list("without", { b: "available" }),
      list("elsewhere", { a: "protecting" }, "region\ncredential\nother\n")
    ]
    assert.deepStrictEqual(contradicted(lists, backup("a", "available")), ["?old"])
  })

  it("a list contradicts each backup and each other list that has another state", () => {
    const cached = [
      backup("a", "protecting"),
      backup("b", "available"),
      backup("c", "protecting"),
      list("other", { a: "protecting" }),
      list("same", { b: "available" })
    ]
    assert.deepStrictEqual(contradicted(cached, list("new", { a: "available", b: "available" })), ["a", "?other"])
  })

  it("that a backup is gone contradicts each list that has it, and a list that has it contradicts that it is gone", () => {
    const gone = [`${place}a`, absentOf()] as const
    assert.deepStrictEqual(contradicted([list("has", { a: "deleting" }), list("not", { b: "error" })], gone), ["?has"])
    assert.deepStrictEqual(contradicted([gone], list("new", { a: "available" })), ["a"])
  })

  it("an answer contradicts nothing of its own key", () => {
    assert.deepStrictEqual(contradicted([list("one", { a: "protecting" })], list("one", { a: "available" })), [])
    assert.deepStrictEqual(contradicted([backup("a", "protecting")], backup("a", "available")), [])
  })
})
