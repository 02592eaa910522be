import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { href, routeOf } from "../../src/page/Route.ts"

const Text = Schema.String.check(Schema.isMinLength(1))

const AnyRoute = Schema.Union([
  Schema.Struct({ view: Schema.Literal("start") }),
  Schema.Struct({
    view: Schema.Literal("fleet"),
    project: Text,
    words: Schema.String,
    verdict: Schema.String,
    vault: Schema.String,
    type: Schema.String,
    hours: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 10_000 }))
  }),
  Schema.Struct({ view: Schema.Literal("resource"), project: Text, resource: Schema.String }),
  Schema.Struct({ view: Schema.Literal("backup"), project: Text, backup: Text }),
  Schema.Struct({ view: Schema.Literal("diff"), project: Text, before: Text, after: Text })
])

/** A text that no URL can hold: half a character. */
const isWhole = (route: object) => Object.values(route).every((value) => String(value).isWellFormed())

describe("a link", () => {
  it.prop("leads back to the view that it was made of", [AnyRoute], ([route]) => {
    if (!isWhole(route)) return
    assert.deepStrictEqual(routeOf(href(route)), route)
  })

  it.prop("leads somewhere, whatever stands in it", [Schema.String], ([text]) => {
    assert.include(["start", "fleet", "resource", "backup", "diff"], routeOf(`#${text}`).view)
  })

  it("leads to the start where an escape is broken", () => {
    assert.deepStrictEqual(routeOf("#/%E0%A4%A"), { view: "start" })
  })
})
