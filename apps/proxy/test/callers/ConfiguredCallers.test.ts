import { BackupClient, Credentials } from "@cbr/client"
import { Simulator } from "@cbr/simulator"
import { assert, layer } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { Listener } from "../../src/edge/Server.ts"
import { issued, keys, layer as configuredProxy, otherProject } from "../ConfiguredProxy.ts"
import { clientOf, get, pathOf } from "../TestProxy.ts"

layer(configuredProxy, { excludeTestServices: true })("callers of a configuration", (it) => {
  const signedBy = Effect.fnUntraced(function* (sk: string, project_id: string) {
    const { backups } = yield* Simulator
    const { url } = yield* Listener
    const credentials = Credentials.accessKey({ ak: issued.ak, sk: Redacted.make(sk) })
    return yield* BackupClient.use((client) => client.showBackup({ project_id, backup_id: backups.available })).pipe(
      Effect.provide(clientOf(url, credentials)),
      Effect.result
    )
  })

  it.effect("are known by the signature of a key pair that the proxy issued, within their rights", () =>
    Effect.gen(function* () {
      const { project_id } = yield* Simulator
      assert.strictEqual((yield* signedBy(issued.sk, project_id))._tag, "Success")
      const elsewhere = yield* signedBy(issued.sk, otherProject)
      assert.strictEqual(elsewhere._tag === "Failure" ? elsewhere.failure._tag : "", "PermissionDenied")
    })
  )

  it.effect("with a wrong signature are refused, and the cloud hears nothing", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      yield* simulator.clearRequests
      const wrong = yield* signedBy("Canary-guessed", simulator.project_id)
      assert.strictEqual(wrong._tag === "Failure" ? wrong.failure._tag : "", "AuthenticationFailed")
      assert.isEmpty(yield* simulator.requests)
    })
  )

  it.effect("find the projects that they may read, by the region's name, and no other", () =>
    Effect.gen(function* () {
      const { project_id } = yield* Simulator
      const found = (key: string) =>
        Effect.map(get("/v3/projects?name=cn-north-4", { "x-auth-token": key }), ({ text }) =>
          (JSON.parse(text) as { projects: ReadonlyArray<{ id: string }> }).projects.map(({ id }) => id)
        )
      assert.sameMembers(yield* found(keys.owner), [project_id, otherProject])
      assert.deepStrictEqual(yield* found(keys.reader), [otherProject])
    })
  )

  it.effect("each see what is theirs, whichever key shows them", () =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      const statuses: Record<string, number> = {}
      for (const [name, key] of Object.entries(keys)) {
        statuses[name] = (yield* get(yield* pathOf(backups.available), { "x-auth-token": key })).status
      }
      assert.deepStrictEqual(statuses, { owner: 200, reader: 403, expired: 403 })
    })
  )
})
