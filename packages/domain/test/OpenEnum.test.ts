import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import {
  BackupStatus,
  ImageType,
  ProviderId,
  ReplicationStatus,
  ResourceType,
  RestoreMode,
  type OpenEnum,
  type Undocumented
} from "../src/index.ts"

const enumerations: ReadonlyArray<readonly [name: string, enumeration: OpenEnum<string>, members: number]> = [
  ["BackupStatus", BackupStatus, 8],
  ["ImageType", ImageType, 2],
  ["ProviderId", ProviderId, 4],
  ["ReplicationStatus", ReplicationStatus, 5],
  ["ResourceType", ResourceType, 6],
  ["RestoreMode", RestoreMode, 3]
]

describe("OpenEnum", () => {
  it.each(enumerations)("%s knows its documented members and explains them", (_name, enumeration, members) => {
    assert.strictEqual(enumeration.members.length, members)
    for (const member of enumeration.members) {
      assert.isTrue(enumeration.isDocumented(member))
      assert.strictEqual(Schema.decodeUnknownSync(enumeration)(member), member)
      assert.isNotEmpty(enumeration.meanings[member]?.en)
      assert.isNotEmpty(enumeration.meanings[member]?.zh)
    }
  })

  it.each(enumerations)("%s keeps any other text, and takes nothing else", (_name, enumeration) => {
    for (const text of ["new", "", "AVAILABLE", "toString", "__proto__", "constructor"]) {
      assert.strictEqual(Schema.decodeUnknownSync(enumeration)(text), text)
      assert.isFalse(enumeration.isDocumented(text))
    }
    for (const other of [0, null, undefined, [], {}]) {
      assert.throws(() => Schema.decodeUnknownSync(enumeration)(other))
    }
  })

  it("an exhaustive switch leaves an Undocumented string", () => {
    const remainder = (status: BackupStatus): Undocumented | "documented" => {
      switch (status) {
        case "available":
        case "protecting":
        case "deleting":
        case "restoring":
        case "error":
        case "waiting_protect":
        case "waiting_delete":
        case "waiting_restore":
          return "documented"
        default: {
          // Compiles only while no documented member is left.
          const rest: Undocumented = status
          return rest
        }
      }
    }
    const incomplete = (status: BackupStatus): Undocumented | "documented" => {
      if (status === "available") return "documented"
      // @ts-expect-error documented members are left, and they are not Undocumented
      return status
    }
    const archiving = Schema.decodeUnknownSync(BackupStatus)("archiving")
    assert.strictEqual(remainder(archiving), "archiving")
    assert.strictEqual(remainder("error"), "documented")
    assert.strictEqual(incomplete(archiving), "archiving")
  })

  it("isDocumented narrows to the members", () => {
    const status: string = "error"
    assert.strictEqual(BackupStatus.isDocumented(status) ? BackupStatus.meanings[status].zh : "", "异常")
  })
})
