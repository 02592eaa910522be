import { assert, describe, it } from "@effect/vitest"
import { Duration } from "effect"
import { makeEnds } from "../../src/workers/Ends.ts"

/** What so many ends, so far apart, lead to: the wait before another takes its place, or none. */
const sequels = (workers: number, count: number, apart: number) => {
  const ends = makeEnds(workers)
  return Array.from({ length: count }, (_, n) => {
    const sequel = ends.note(n * apart)
    return sequel._tag === "Replace" ? Duration.toMillis(sequel.after) : undefined
  })
}

describe("ends of workers", () => {
  it("are made up for at once, then ever more slowly, until there are too many", () => {
    assert.deepStrictEqual(sequels(2, 5, 1_000), [0, 200, 400, 800, undefined])
  })

  it("are more before they are too many where there are many workers", () => {
    assert.deepStrictEqual(sequels(4, 8, 1_000).indexOf(undefined), 7)
  })

  it("are forgotten after a minute", () => {
    assert.deepStrictEqual(sequels(2, 5, 60_000), [0, 0, 0, 0, 0])
  })
})
