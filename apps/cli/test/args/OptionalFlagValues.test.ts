import { assert, describe, it } from "@effect/vitest"
import { withOptionalFlagValues } from "../../src/args/OptionalFlagValues.ts"

describe("a flag that may stand alone", () => {
  it.each([
    ["check ID --restorable snapshot", "check ID --restorable=snapshot"],
    ["check --restorable any ID", "check --restorable=any ID"],
    ["check --restorable ID", "check --restorable ID"],
    ["check --restorable Snapshot", "check --restorable Snapshot"],
    ["check --restorable=backup any", "check --restorable=backup any"],
    ["check --restorable --encrypted", "check --restorable --encrypted"],
    ["check --restorable backup backup", "check --restorable=backup backup"],
    ["simulate -- cbr check --restorable any", "simulate -- cbr check --restorable any"]
  ])("takes the word behind it if that is a value of its own: %s", (line, joined) => {
    assert.strictEqual(withOptionalFlagValues(line.split(" ")).join(" "), joined)
  })
})
