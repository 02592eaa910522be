import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Schema } from "effect"
import { noDirectives, parse } from "../../src/cache/CacheControl.ts"
import { type CacheDecision, decide } from "../../src/cache/CacheDecision.ts"
import type { CacheEntry } from "../../src/cache/CacheEntry.ts"
import { defaultCachePolicy as rules } from "../../src/policy/CachePolicy.ts"
import { absentOf, moving, presentOf } from "./entries.ts"

const words = (decision: CacheDecision): string => {
  switch (decision._tag) {
    case "Serve":
      return ["serve", decision.detail, ...(decision.revalidate ? ["and revalidate"] : [])].filter(Boolean).join(" ")
    case "Fetch":
      return `fetch ${decision.because}${decision.mayFallBack ? " or fall back" : ""}`
    case "NotCached":
      return "not cached"
  }
}

describe("decide", () => {
  const atRest = presentOf()
  const inMotion = presentOf({ freshness: moving })
  const failed = presentOf({ revalidation: { lastAt: 100_000, backoffUntil: 101_000, revalidating: false } })
  /** Another caller has forced a call half a second ago. */
  const asked = presentOf({ revalidation: { lastAt: 49_500, backoffUntil: 0, revalidating: false } })
  const failedInMotion = presentOf({
    freshness: moving,
    revalidation: { lastAt: 2_500, backoffUntil: 9_000, revalidating: false }
  })

  const rows: ReadonlyArray<
    readonly [string, CacheEntry | undefined, seconds: number, string, expected: string, bypassing?: string]
  > = [
    ["nothing known", undefined, 0, "", "fetch uri-miss"],
    ["nothing known", undefined, 0, "only-if-cached", "not cached"],
    ["nothing known", undefined, 0, "max-stale", "fetch uri-miss"],
    ["fresh", atRest, 0, "", "serve"],
    ["fresh to the last", atRest, 59.999, "", "serve"],
    ["fresh", atRest, 30, "only-if-cached", "serve"],
    ["fresh", atRest, 30, "no-store", "serve"],
    ["stale", atRest, 60, "", "serve stale-while-revalidate and revalidate"],
    ["stale", atRest, 60, "only-if-cached", "serve stale-while-revalidate"],
    ["staler", atRest, 90, "", "fetch stale or fall back"],
    ["staler", atRest, 90, "only-if-cached", "not cached"],
    ["staler", atRest, 90, "only-if-cached, max-stale=30", "serve max-stale"],
    ["of another age", atRest, 3_660, "max-stale", "fetch uri-miss"],
    ["from the future", atRest, -1, "", "fetch uri-miss"],
    ["in motion", inMotion, 1.999, "", "serve"],
    ["in motion", inMotion, 2, "", "fetch stale or fall back"],
    ["in motion", inMotion, 5, "max-stale=3", "serve max-stale"],
    ["in motion", inMotion, 5.001, "max-stale=3", "fetch stale or fall back"],

    ["young enough", atRest, 10, "max-age=10", "serve"],
    ["too old", atRest, 10.001, "max-age=10", "serve bypass-denied", "fetch request"],
    ["too old, whatever is stale", atRest, 10.001, "max-age=10, max-stale", "serve bypass-denied", "fetch request"],
    [
      "stale for a caller that limits age",
      atRest,
      61,
      "max-age=100",
      "serve stale-while-revalidate and revalidate",
      "fetch request"
    ],
    [
      "stale a moment after another asked",
      presentOf({ revalidation: { lastAt: 60_500, backoffUntil: 0, revalidating: false } }),
      61,
      "max-age=100",
      "serve stale-while-revalidate and revalidate"
    ],
    ["staler for a caller that limits age", atRest, 90, "max-age=100", "fetch stale or fall back", "fetch request"],
    [
      "stale for a caller that limits age and accepts staleness",
      atRest,
      61,
      "max-age=100, max-stale=1",
      "serve max-stale"
    ],
    ["fresh for long enough", atRest, 10, "min-fresh=50", "serve"],
    ["not fresh for long enough", atRest, 10.001, "min-fresh=50", "serve bypass-denied", "fetch request"],
    ["too old a moment after another asked", asked, 50, "max-age=1", "serve bypass-denied", "serve bypass-limited"],
    ["ending too soon a moment after that", asked, 50, "min-fresh=50", "serve bypass-denied", "serve bypass-limited"],
    ["stale and too old", atRest, 61, "max-age=10, max-stale", "serve max-stale", "fetch request"],
    ["as fresh as it gets", atRest, 0.5, "min-fresh=1000", "serve"],
    [
      "stale for a caller that wants it fresh",
      atRest,
      61,
      "min-fresh=1",
      "serve stale-while-revalidate and revalidate",
      "fetch request"
    ],

    ["fresh", atRest, 10, "no-cache", "serve bypass-denied", "fetch request"],
    ["fresh", atRest, 10, "max-age=0", "serve bypass-denied", "fetch request"],
    ["a moment old", atRest, 0.999, "no-cache", "serve bypass-denied", "serve bypass-limited"],
    ["fresh", atRest, 10, "no-cache, only-if-cached", "serve bypass-denied", "not cached"],
    ["a moment after a failure", failed, 100.5, "no-cache", "serve stale-if-error", "serve stale-if-error"],
    ["a second after a failure", failed, 101, "no-cache", "fetch stale or fall back", "fetch request"],

    ["a moment after a failure", failed, 100.5, "", "serve stale-if-error"],
    ["a moment after a failure", failed, 100.5, "max-age=1000", "serve stale-if-error"],
    ["a second after a failure", failed, 101, "", "fetch stale or fall back"],
    ["in motion after a failure", failedInMotion, 3, "", "fetch stale or fall back"],

    ["absent", absentOf(), 4.999, "", "serve"],
    ["absent", absentOf(), 4.999, "no-cache", "serve", "serve"],
    ["absent", absentOf(), 5, "", "fetch uri-miss"],
    ["absent", absentOf(), 5, "max-stale", "fetch uri-miss"]
  ]

  const cases = rows.map(([name, entry, seconds, directives, expected, bypassing = expected]) => {
    return [
      `${name} after ${seconds} s, asked for with "${directives}"`,
      entry,
      seconds,
      directives,
      expected,
      bypassing
    ] as const
  })

  it.each(cases)("%s", (_, entry, seconds, directives, expected, bypassing) => {
    const now = seconds * 1_000
    assert.strictEqual(words(decide(entry, parse([directives]), false, now, rules)), expected)
    assert.strictEqual(words(decide(entry, parse([directives]), true, now, rules)), bypassing)
  })

  it("never has a call forced where the configuration grants none", () => {
    const forced = (bypasses_per_second: number) =>
      words(decide(atRest, parse(["no-cache"]), true, 30_000, { ...rules, bypasses_per_second }))
    assert.strictEqual(forced(1), "fetch request")
    assert.include(forced(0), "serve")
  })

  const seconds = (maximum: number) => Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum })))
  const maybe = (maximum: number) => Arbitrary.map(seconds(maximum), (value) => (value % 3 === 0 ? undefined : value))
  const flag = Arbitrary.schema(Schema.Boolean)

  const said = Arbitrary.all({
    now: Arbitrary.map(seconds(4_000), (value) => value * 1_000),
    holdUntil: Arbitrary.map(seconds(4_000), (value) => value * 1_000),
    maxAge: maybe(120),
    minFresh: maybe(120),
    maxStale: maybe(120),
    noCache: flag,
    onlyIfCached: flag,
    mayBypass: flag,
    isMoving: flag
  })

  it.prop(
    "what is served is within the rules of the state and of the caller",
    [said],
    ([{ holdUntil, isMoving, mayBypass, now, ...said }]) => {
      const entry = presentOf({
        ...(isMoving ? { freshness: moving } : {}),
        revalidation: { lastAt: 0, backoffUntil: holdUntil, revalidating: false }
      })
      const { fallbackUntil, freshUntil, revalidateUntil, usableUntil } = entry.freshness
      const decision = decide(entry, { ...noDirectives, ...said }, mayBypass, now, rules)
      if (said.onlyIfCached) assert.notStrictEqual(decision._tag, "Fetch")
      if (decision._tag !== "Serve") return
      assert.isBelow(now, usableUntil)
      if (now >= freshUntil && decision.detail !== "max-stale") {
        assert.isBelow(now, decision.detail === "stale-while-revalidate" ? revalidateUntil : fallbackUntil)
        assert.isFalse(isMoving)
      }
      const isFresh = now < freshUntil
      const isLimited = said.noCache || said.maxAge !== undefined || said.minFresh !== undefined
      const lasts = decision.detail === "max-stale" && said.maxAge !== undefined ? said.maxAge * 1_000 : Infinity
      if (!isFresh && mayBypass && isLimited) assert.isAtMost(now, decision.detail === "max-stale" ? lasts : -1)
      if (isFresh && mayBypass && said.maxAge !== undefined) assert.isAtMost(now, Math.max(1, said.maxAge) * 1_000)
      if (decision.detail === "max-stale") assert.isAtMost(now - freshUntil, said.maxStale! * 1_000)
      if (mayBypass && (said.noCache || said.maxAge === 0)) assert.isBelow(now, 1_000)
    },
    { arbitrary: { runs: 5_000 } }
  )
})
