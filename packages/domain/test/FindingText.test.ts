import { assert, describe, it } from "@effect/vitest"
import { Duration } from "effect"
import { findingText } from "../src/FindingText.ts"

const { zh } = findingText
const time = "2026-01-02T03:04:05Z"
const hours = Duration.hours(30)

describe("a finding in Chinese", () => {
  it.each([
    zh.old(hours, "protected_at", time),
    zh.inFuture(time),
    zh.fromNow(hours, time),
    zh.atMost(hours, hours),
    zh.success("cn-south-1", hours),
    zh.afterBackup("success", hours)
  ])("%s has the marks of Chinese", (text) => {
    assert.match(text, /\p{Script=Han}/u)
    assert.notMatch(text, /[(),;]/)
  })
})
