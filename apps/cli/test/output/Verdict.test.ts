import { health, healthText, levelText, ShowBackupResponse } from "@cbr/domain"
import { layer as simulatorLayer, Simulator } from "@cbr/simulator"
import { assert, layer } from "@effect/vitest"
import { DateTime, Effect, Result } from "effect"
import { commandLine, withAccessKey } from "../CommandLine.ts"

/** What each built-in backup is, today and for ten years. */
const verdicts = {
  example: "healthy: it can be restored through the backups of the server's disks",
  available: "healthy: new resources can be made from it, nothing can be restored in place",
  protecting: "in progress: it is being made",
  deleting: "in progress: it is being deleted",
  restoring: "in progress: it is being restored from",
  error: "failed: its status is error",
  waiting_protect: "in progress: it is waiting to be made",
  waiting_delete: "in progress: it is waiting to be deleted",
  waiting_restore: "in progress: it is waiting to be restored from",
  tree: "failed: 1 of 3 disks is in error (ecs-orders-0001-volume-0002)",
  replicated:
    "degraded: replication to cn-south-1 failed (BackupService.2112: The destination vault has no capacity left.)",
  replicating: "in progress: replication to ap-southeast-1 is under way, 62%; replication to cn-south-1 waits to begin",
  expired: "failed: it expired on 2020-03-06 (2020-03-06T10:38:34.209782)",
  unknown_status: "unknown: the API's page does not list its status archiving",
  undocumented_fields: "healthy: new resources can be made from it, nothing can be restored in place",
  nulls: "healthy: it is available, and how it can be restored is not said",
  wrong_types:
    "unknown: children came in a form that cannot be read; the status of the replication to a region that is not named is not said",
  minimal: "unknown: its status is not said",
  hostile_text: "healthy: new resources can be made from it, nothing can be restored in place"
}

const names = Object.keys(verdicts) as Array<keyof typeof verdicts>

layer(simulatorLayer(), { excludeTestServices: true })("one verdict on a backup", (it) => {
  const run = Effect.fnUntraced(function* (...words: ReadonlyArray<string>) {
    return yield* commandLine(words, { env: yield* withAccessKey })
  })

  it.effect("the verdict has a row for every built-in backup", () =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      const known = Object.keys(backups).filter((name) => name !== "becoming_available")
      assert.includeMembers(known, names)
      assert.deepStrictEqual(
        known.filter((name) => !names.some((each) => each === name)),
        []
      )
    })
  )

  it.effect.each(names.map((name) => ({ name, says: verdicts[name] })))(
    "is $says for $name in show, tree, watch, wait, check and openmetrics",
    ({ name, says }) =>
      Effect.gen(function* () {
        const { backups } = yield* Simulator
        const id = backups[name]
        const shown = yield* run("show", id, "-o", "table")
        assert.strictEqual(shown.out.split("\n")[0], says)
        const chinese = yield* run("show", id, "-o", "table", "--lang", "zh")

        const { raw } = Result.getOrThrow(ShowBackupResponse.read((yield* run("show", id, "-o", "json")).out))
        const judged = health(Result.getOrThrow(ShowBackupResponse.read(raw)).backup, yield* DateTime.now)
        assert.strictEqual(chinese.out.split("\n")[0], healthText(judged, "zh"))

        const tree = yield* run("tree", id)
        const mark = { healthy: "✓", "in-progress": "…", degraded: "!", unknown: "?", failed: "✗" }[judged.level]
        assert.isTrue(tree.out.startsWith(`${mark} `), tree.out)
        assert.include(tree.out.split("\n")[1], says)

        const met = yield* run("wait", id, "--for", "query=backup.id!=null", "--interval", "10ms")
        assert.include(met.out, `is met  ${says}`)

        const checked = yield* run("check", id, "--healthy")
        const state = {
          healthy: "OK",
          "in-progress": "WARNING",
          degraded: "WARNING",
          unknown: "UNKNOWN",
          failed: "CRITICAL"
        }
        assert.isTrue(checked.out.startsWith(`CBR ${state[judged.level]} - ${levelText(judged.level, "en")}: `))

        const gauges = yield* run("show", id, "-o", "openmetrics")
        assert.include(gauges.out, `cbr_backup_health{id="${id}",level="${judged.level}"} 1\n`)

        const listed = yield* run("show", id, backups.available, "-o", "table")
        assert.match(listed.out.split("\n")[1] ?? "", new RegExp(`^${levelText(judged.level, "en")} .*${id}`))

        if (["healthy", "degraded", "failed"].includes(judged.level)) {
          const watched = yield* run("watch", id, "--until-stable", "-o", "table")
          assert.include(watched.out, `  ${says}`)
        }
      })
  )
})
