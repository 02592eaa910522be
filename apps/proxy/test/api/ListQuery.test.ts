import { ListBackupsRequest } from "@cbr/domain"
import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Exit, Schema } from "effect"
import { listRequestOf } from "../../src/api/ListQuery.ts"
import { keyOf } from "../../src/cache/CacheKey.ts"

const project_id = "4229d7a45436489f8c3dc2b1d35d4987"
const path = `/v3/${project_id}/backups`
const upstream = { region: "r", credential_id: "c" } as never

const read = (query: string) => listRequestOf(path + query, project_id)

describe("the query of a list", () => {
  it("a query that is empty, or not written as name=value, is refused", () => {
    for (const query of [
      "?",
      "?limit",
      "?=1",
      "?limit=1&",
      "?&limit=1",
      "?a=b=c",
      "?name=%",
      "?name=%FF",
      "?name=a+b"
    ]) {
      assert.isTrue(Exit.isFailure(read(query)), query)
    }
    assert.deepStrictEqual(read(""), Exit.succeed({ project_id }))
  })

  it("a refusal tells a parameter that is unknown from a value that one does not take", () => {
    for (const [query, message] of [
      ["?limits=2", "ListBackups takes no query parameter limits (did you mean limit?)"],
      ["?zzzzzz=2", "ListBackups takes no query parameter zzzzzz"],
      ["?limit=abc", "ListBackups does not take this value of the query parameter limit"],
      ["?status=available&status=done", "ListBackups does not take this value of the query parameter status"],
      ["?limit=1&limit=2", "ListBackups takes the query parameter limit once"],
      ["?%3Cb%3E=1", "ListBackups takes no query parameter whose name is not a word"],
      [
        "?limits=2&offset=x&name=a",
        "ListBackups takes no query parameter limits (did you mean limit?); ListBackups does not take this value of the query parameter offset"
      ]
    ] as const) {
      const error = Exit.isFailure(read(query)) ? JSON.stringify(read(query)) : ""
      assert.include(error, JSON.stringify(message), query)
    }
  })

  it("what is refused is told without a text of the caller's", () => {
    for (const query of ["?%3Cscript%3E=1", "?limit=%3Cscript%3E", "?name=%E5%A4&x=%3Cscript%3E"]) {
      assert.notInclude(JSON.stringify(read(query)), "script", query)
    }
  })

  const request = Arbitrary.map(Arbitrary.schema(ListBackupsRequest), (asked) => ({ ...asked, project_id }))

  it.prop("no two requests that ask for different things share a key", [request], ([asked]) => {
    for (const [name, value] of Object.entries(asked)) {
      if (name === "project_id" || value === undefined || (Array.isArray(value) && value.length === 0)) continue
      const others = Object.entries(asked).filter(([other]) => other !== name)
      const without = Object.fromEntries(others) as typeof asked
      assert.notStrictEqual(keyOf(upstream, without), keyOf(upstream, asked), name)
    }
  })

  it.prop(
    "a request has one key, in whatever order and with whatever escapes its query is written",
    [
      request,
      Arbitrary.array(Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 9 }))), {
        minLength: 30,
        maxLength: 30
      })
    ],
    ([asked, dice]) => {
      const key = keyOf(upstream, asked)
      const pairs = key
        .slice(key.indexOf("?") + 1)
        .split("&")
        .filter((pair) => pair !== "")
      const shuffled = pairs
        .map((pair, index) => [dice[index % dice.length]!, pair] as const)
        .sort(([a], [b]) => a - b)
        .map(([die, pair]) =>
          die > 4 ? pair.replace(/[a-z](?=[^=]*$)/, (letter) => `%${letter.charCodeAt(0).toString(16)}`) : pair
        )
      const again = read(shuffled.length === 0 ? "" : `?${shuffled.join("&")}`)
      assert.strictEqual(keyOf(upstream, Exit.isSuccess(again) ? again.value : (again as never)), key)
    }
  )
})
