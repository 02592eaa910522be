import { assert, describe, it } from "@effect/vitest"
import { table } from "../../src/output/table.ts"
import { printed } from "./printed.ts"

const shown = (backup: Record<string, unknown>) => printed(table, [JSON.stringify({ backup })])

describe("table", () => {
  it("table names the fields that the answer lacks, and leaves out the unimportant ones", () => {
    assert.strictEqual(
      shown({}),
      `unknown: its status is not said
Backup        not said
ID            not said
Status        not said
Restore       not said; the page's default is na`
    )
  })

  it("an expiry in the past is marked", () => {
    assert.include(shown({ expired_at: "2026-05-31T23:59:59" }), "Expires       2026-05-31 23:59:59 UTC (past)")
    assert.match(shown({ expired_at: "2026-06-01T00:00:01" }), /Expires {7}2026-06-01 00:00:01 UTC$/m)
  })

  it("a time with an offset is shown in UTC", () => {
    assert.match(shown({ created_at: "2026-01-01T03:00:00.5+08:00" }), /Created {7}2025-12-31 19:00:00 UTC$/m)
  })

  it("values that the page does not list are shown as they came", () => {
    const out = shown({ status: "archiving", resource_type: "OS::New::Thing", image_type: "clone" })
    assert.include(out, "archiving (not a documented value)")
    assert.include(out, "OS::New::Thing")
    assert.include(out, "clone")
  })

  it("the meaning of available is told of a healthy backup only", () => {
    const failed = { status: "available", children: [{ status: "error", resource_type: "OS::Cinder::Volume" }] }
    assert.match(shown(failed), /Status {8}available$/m)
    assert.match(shown({ status: "available" }), /Status {8}available \(usable\)$/m)
    assert.match(shown({ status: "error" }), /Status {8}error \(.+\)$/m)
  })

  it("a copy from another region says so", () => {
    assert.include(shown({ image_type: "replication" }), "copied from a backup in another region (replication)")
  })

  it("a size of 0 is shown", () => {
    assert.include(shown({ resource_size: 0 }), "0 GB")
  })

  it("replications without progress or region keep their columns", () => {
    assert.include(
      shown({
        replication_records: [
          { status: "replicating", destination_region: "eu-west-0", extra_info: { progress: 62 } },
          {}
        ]
      }),
      `Replications  2: 1 replicating, 1 not said
              replicating  62%  eu-west-0
              not said          not said`
    )
  })
})
