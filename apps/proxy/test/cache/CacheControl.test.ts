import { assert, describe, it } from "@effect/vitest"
import { noDirectives, parse, type CacheControl } from "../../src/cache/CacheControl.ts"

describe("parse", () => {
  const rows: ReadonlyArray<readonly [ReadonlyArray<string>, Partial<CacheControl>]> = [
    [[], {}],
    [[""], {}],
    [["max-age=5"], { maxAge: 5 }],
    [["max-age=0"], { maxAge: 0 }],
    [["MAX-AGE=5"], { maxAge: 5 }],
    [['max-age="5"'], { maxAge: 5 }],
    [["max-age=5, min-fresh=7"], { maxAge: 5, minFresh: 7 }],
    [["max-age=5", "min-fresh=7"], { maxAge: 5, minFresh: 7 }],
    [[" \t, ,max-age=5 ,\t"], { maxAge: 5 }],
    [["max-age=5, max-age=9"], { maxAge: 5 }],
    [["max-age=99999999999999"], { maxAge: 2 ** 31 }],
    [["max-age"], {}],
    [["max-age="], {}],
    [["max-age=-1"], {}],
    [["max-age=1.5"], {}],
    [["max-age=abc"], {}],
    [["max-age = 5"], {}],
    [["max-stale"], { maxStale: Infinity }],
    [["max-stale=3"], { maxStale: 3 }],
    [["max-stale=x"], {}],
    [["no-cache"], { noCache: true }],
    [["No-Cache, no-store, only-if-cached"], { noCache: true, noStore: true, onlyIfCached: true }],
    [["no-cached, x-no-store"], {}],
    [['extension="a, no-store, b"'], {}],
    [['extension="a\\", no-store, b"'], {}],
    [['extension="unclosed, no-store'], { noStore: true }],
    [["no-store; x"], {}]
  ]

  it.each(rows)("%j", (fields, expected) => {
    assert.deepStrictEqual(parse(fields), { ...noDirectives, ...expected })
  })
})
