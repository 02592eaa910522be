import { assert, describe, it } from "@effect/vitest"
import { noneMatchFails } from "../../src/cache/IfNoneMatch.ts"

/** The table of RFC 9110, section 13.1.2 and 8.8.3.2, and lists as section 5.6.1 has them. */
describe("noneMatchFails", () => {
  const current = '"xyz-_1"'

  it.each([
    [['"xyz-_1"']],
    [['W/"xyz-_1"']],
    [["*"]],
    [[" * "]],
    [['"a", "xyz-_1"']],
    [['"a","xyz-_1","b"']],
    [['"a"', 'W/"xyz-_1"']],
    [[', ,"xyz-_1",\t,']],
    [['"a,b", "xyz-_1"']],
    [['"", "xyz-_1"']]
  ])("%j holds the current tag, so there is nothing new", (fields) => {
    assert.isTrue(noneMatchFails(fields, current))
  })

  it.each([
    [[]],
    [[""]],
    [['"other"']],
    [['"xyz-_1-gzip"']],
    [['"XYZ-_1"']],
    [["xyz-_1"]],
    [['w/"xyz-_1"']],
    [['W/ "xyz-_1"']],
    [['"xyz-_1']],
    [['"xyz-_1" "b"']],
    [['*, "xyz-_1"']],
    [['"a, "xyz-_1"']],
    [['"a b"']]
  ])("%j does not", (fields) => {
    assert.isFalse(noneMatchFails(fields, current))
  })
})
