import { assert, describe, it } from "@effect/vitest"
import { BackupResp, descendants } from "../src/index.ts"
import { backupOf } from "./backupOf.ts"

describe("descendants", () => {
  it("are the parts at any depth, each before its own", () => {
    const backup = backupOf({ id: "0", children: [{ id: "1", children: [{ id: "2" }, { id: "3" }] }, { id: "4" }] })
    assert.deepStrictEqual(
      descendants(backup).map(({ part, path }) => [path, part.id]),
      [
        ["children[0]", "1"],
        ["children[0].children[0]", "2"],
        ["children[0].children[1]", "3"],
        ["children[1]", "4"]
      ]
    )
  })

  it.prop("are the children, and the descendants of each", [BackupResp], ([backup]) => {
    const children = backup.children ?? []
    assert.sameMembers(
      descendants(backup).map(({ part }) => part),
      [...children, ...children.flatMap((child) => descendants(child).map(({ part }) => part))]
    )
  })
})
