import { assert, describe, it } from "@effect/vitest"
import { makeReplayCache } from "../../src/store/ReplayCache.ts"

const named = (name: string, owner = "A") => ({ owner, name })

describe("names that may be used once", () => {
  it("are remembered for as long as they are noted", () => {
    const { use } = makeReplayCache()
    assert.isTrue(use(named("a"), 1_000, 0))
    assert.isFalse(use(named("a"), 1_000, 0))
    assert.isFalse(use(named("a"), 1_000, 999))
    assert.isTrue(use(named("a"), 1_000, 1_000))
    assert.isFalse(use(named("a"), 1_000, 1_000))
  })

  it("are forgotten, the oldest first, where an owner has too many", () => {
    const { use } = makeReplayCache(3)
    for (const name of "abcd") assert.isTrue(use(named(name), 1_000, 0))
    for (const name of "bcd") assert.isFalse(use(named(name), 1_000, 0), name)
    assert.isTrue(use(named("a"), 1_000, 0))
  })

  it("push out no name of an owner that has fewer", () => {
    const { use } = makeReplayCache(3)
    assert.isTrue(use(named("f", "B"), 1_000, 0))
    for (const name of "abcd") assert.isTrue(use(named(name), 1_000, 0))
    assert.isFalse(use(named("f", "B"), 1_000, 0))
    for (const name of "cd") assert.isFalse(use(named(name), 1_000, 0), name)
  })
})
