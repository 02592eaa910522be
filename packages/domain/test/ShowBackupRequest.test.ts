import { assert, describe, it } from "@effect/vitest"
import { Option, Schema } from "effect"
import { showBackupPath, ShowBackupRequest } from "../src/index.ts"

const decode = Schema.decodeUnknownOption(ShowBackupRequest)

const project_id = "4229d7a45436489f8c3dc2b1d35d4987"
const backup_id = "6df2b54c-dd62-4059-a07c-1b8f24f2725d"

describe("ShowBackupRequest", () => {
  it.each([
    { project_id, backup_id },
    { project_id: "a", backup_id: backup_id.toUpperCase() },
    { project_id: "A-b_0".repeat(12), backup_id }
  ])("accepts %j", (request) => {
    assert.deepStrictEqual(decode(request), Option.some(request))
  })

  it.each(["", "a/b", "..", ".", "a b", "a%2Fb", "a?b", "a#b", "a\n", "a\u0000", "ä", "a".repeat(65)])(
    "refuses project_id %j",
    (hostile) => {
      assert.isTrue(Option.isNone(decode({ project_id: hostile, backup_id })))
    }
  )

  it.each([
    "",
    backup_id.slice(1),
    `${backup_id}0`,
    backup_id.replaceAll("-", ""),
    backup_id.replace("6", "g"),
    `{${backup_id}}`,
    ` ${backup_id}`,
    `${backup_id}\n`,
    `${backup_id}/..`,
    `../${backup_id}`,
    `${backup_id}?x=1`
  ])("refuses backup_id %j", (hostile) => {
    assert.isTrue(Option.isNone(decode({ project_id, backup_id: hostile })))
  })

  it("says what an id looks like", () => {
    const decodeSync = Schema.decodeUnknownSync(ShowBackupRequest)
    assert.throws(() => decodeSync({ project_id: "a/b", backup_id }), "1 to 64 letters, digits, - or _")
    assert.throws(() => decodeSync({ project_id, backup_id: "x" }), "a UUID such as")
  })
})

describe("showBackupPath", () => {
  it("returns the path of the API's page", () => {
    assert.strictEqual(showBackupPath({ project_id, backup_id }), `/v3/${project_id}/backups/${backup_id}`)
  })

  const pieces = Schema.Array(
    Schema.Literals(["/", "..", "%2e", "%2F", "?", "#", ";", "\\", "\n", "\t", "a", "A", "-", "_", "0", "@", " "])
  )

  it.prop("keeps its form for every accepted id", [pieces, Schema.String], ([hostile, text]) => {
    const ids = [text, hostile.join(""), `p${hostile.join("")}`, `${backup_id}${hostile.join("")}`]
    const requests = ids.flatMap((id) => [
      { project_id: id, backup_id },
      { project_id, backup_id: id }
    ])
    for (const request of requests.filter((candidate) => Option.isSome(decode(candidate)))) {
      const expected = `https://cbr.example.com/v3/${request.project_id}/backups/${request.backup_id}`
      assert.strictEqual(new URL(showBackupPath(request), "https://cbr.example.com").href, expected)
      assert.strictEqual(showBackupPath(request).split("/").length, 5)
    }
  })
})
