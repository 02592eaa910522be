import { assert, describe, it } from "@effect/vitest"
import { BackupResp, type RestoreAction, restoreOptions } from "../src/index.ts"
import { backupOf } from "./backupOf.ts"

const possible = (body: object): ReadonlyArray<RestoreAction> =>
  Object.values(restoreOptions(backupOf(body)))
    .filter((option) => option.possible)
    .map(({ action }) => action)

const mode = (supported_restore_mode: string) => ({ extend_info: { supported_restore_mode } })

const field = "extend_info.supported_restore_mode"

describe("restoreOptions", () => {
  const cases: ReadonlyArray<readonly [name: string, body: object, actions: ReadonlyArray<RestoreAction>]> = [
    ["mode backup", { status: "available", ...mode("backup") }, ["restore", "create_resource"]],
    ["mode snapshot", { status: "available", ...mode("snapshot") }, ["create_image", "create_resource"]],
    ["mode na", { status: "available", ...mode("na") }, ["create_resource"]],
    ["no mode", { status: "available" }, ["create_resource"]],
    ["an undocumented mode", { status: "available", ...mode("both") }, ["create_resource"]],
    ["an error", { status: "error", ...mode("backup") }, []],
    ["an undocumented status", { status: "archived", ...mode("backup") }, []],
    ["no status", mode("snapshot"), []],
    [
      "whole parts",
      { status: "available", ...mode("backup"), children: [{ status: "available" }] },
      ["restore", "create_resource"]
    ],
    [
      "a part in error",
      { status: "available", ...mode("backup"), children: [{ status: "error" }] },
      ["create_resource"]
    ],
    [
      "a part of a part in error",
      {
        status: "available",
        ...mode("backup"),
        children: [{ status: "available", children: [{ status: "error" }] }]
      },
      ["create_resource"]
    ]
  ]
  it.each(cases)("lists the possible actions for a backup with %s", (_name, body, actions) => {
    assert.deepStrictEqual(possible(body), actions)
  })

  it("says why an action is not possible, field by field", () => {
    const { create_image, create_resource, restore } = restoreOptions(
      backupOf({ status: "restoring", ...mode("na"), children: [{ status: "available" }, {}, { status: "error" }] })
    )
    const status = { field: "status", expected: "available", actual: "restoring" }
    assert.deepStrictEqual(restore.obstacles, [
      status,
      { field, expected: "backup", actual: "na" },
      { field: "children[1].status", expected: "available", actual: undefined },
      { field: "children[2].status", expected: "available", actual: "error" }
    ])
    assert.deepStrictEqual(create_image.obstacles, [status, { field, expected: "snapshot", actual: "na" }])
    assert.deepStrictEqual(create_resource.obstacles, [status])
  })

  it.prop("an option is possible exactly when nothing stands in its way", [BackupResp], ([backup]) => {
    for (const [action, option] of Object.entries(restoreOptions(backup))) {
      assert.strictEqual(option.action, action)
      assert.strictEqual(option.possible, option.obstacles.length === 0)
      if (backup.status !== "available") assert.isFalse(option.possible)
    }
  })
})
