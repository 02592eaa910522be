import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "vitest"
import { needs } from "../../debian.ts"
import { documentsOf, pathOf, textOf } from "./manifests.ts"

const unit = "systemd/cbr-proxy@.service"

const analyze = (...args: ReadonlyArray<string>) => spawnSync("systemd-analyze", args, { encoding: "utf8" })

describe("the systemd unit", () => {
  it("systemd-analyze accepts the unit", needs("systemd-analyze"), () => {
    const folder = mkdtempSync(join(tmpdir(), "cbr-unit-"))
    try {
      // Of the commands only their presence is looked at, which is another machine's affair.
      const file = join(folder, "cbr-proxy@1.service")
      writeFileSync(file, textOf(unit).replace("ExecStart=/usr/bin/node", `ExecStart=${process.execPath}`))
      const { status, stderr } = analyze("verify", "--man=no", file)
      assert.strictEqual(stderr.replaceAll(/^.*Failed to (?:connect|open).*\n/gm, ""), "")
      assert.strictEqual(status, 0)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it("the unit has an exposure of at most 1.5 of 10", needs("systemd-analyze"), () => {
    const { status, stdout } = analyze("security", "--offline=true", "--threshold=15", pathOf(unit))
    assert.strictEqual(status, 0, stdout.slice(-200))
  })

  it("each process has its own admin port", () => {
    assert.match(textOf(unit), /^Environment=CBR_PROXY_ADMIN_PORT=909%i$/m)
  })

  it("systemd waits longer than the proxy takes to stop", () => {
    const [{ drain }] = documentsOf("systemd/proxy.yaml") as [
      { drain?: { serve_seconds: number; finish_seconds: number } }
    ]
    const { finish_seconds, serve_seconds } = drain ?? { serve_seconds: 5, finish_seconds: 25 }
    const stop = Number(/^TimeoutStopSec=(\d+)$/m.exec(textOf(unit))?.[1])
    assert.isAtLeast(stop, serve_seconds + finish_seconds + 10 + 5)
  })
})
