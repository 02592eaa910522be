import { BackupClient, Credentials, Endpoint, type FailureDetail, latestBackup, listBackups } from "@cbr/client"
import { layerNodeHttp, layerUndici } from "@cbr/client/node"
import { Fleet } from "@cbr/domain"
import { NodeCrypto } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { DateTime, Effect, Layer, Stream } from "effect"
import { FetchHttpClient } from "effect/http"
import { layer, Simulator, type SimulatorOptions } from "../src/index.ts"

const transports = {
  "node:http": Layer.orDie(layerNodeHttp({})),
  undici: Layer.orDie(layerUndici({})),
  fetch: FetchHttpClient.layer
}

const client = Layer.unwrap(
  Effect.map(Simulator, ({ ak, cbr, iam, region, sk }) =>
    BackupClient.layer.pipe(
      Layer.provide([
        Credentials.accessKey({ ak, sk }),
        Layer.orDie(Endpoint.layer({ endpoint: cbr, iamEndpoint: iam, region }))
      ])
    )
  )
)

const world = (options: SimulatorOptions, transport: keyof typeof transports = "node:http") =>
  client.pipe(
    Layer.provideMerge(layer(options)),
    Layer.provide([transports[transport], NodeCrypto.layerMac, NodeCrypto.layerDigest])
  )

const servers = 8
const nights = 30

/** The backups of the fleet as they are listed. */
const listed = Effect.fnUntraced(function* (pageSize: number) {
  const { project_id } = yield* Simulator
  const told: Array<FailureDetail["code"]> = []
  const all = yield* Stream.runCollect(
    listBackups({ project_id }, { pageSize, onIncomplete: ({ code }) => Effect.sync(() => void told.push(code)) })
  )
  const fleet = all.filter(({ backup }) => backup.resource_name?.startsWith("ecs-fleet-") === true)
  return { all, fleet, told, ids: all.map(({ backup }) => backup.id) }
})

/** The one without a backup has none, and the one whose backup is under way has one more. */
const expected = (servers - 1) * nights + 1

describe("a client that lists the backups of a server that runs", () => {
  for (const transport of ["node:http", "undici", "fetch"] as const) {
    it.live(`reads every page by ${transport}, signed with its query`, () =>
      Effect.gen(function* () {
        const { fleet, ids, told } = yield* listed(50)
        assert.strictEqual(new Set(ids).size, ids.length)
        assert.lengthOf(fleet, expected)
        assert.deepStrictEqual(told, [])
        assert.isTrue(fleet.every(({ raw, request_id }) => raw.startsWith(`{"backup":{`) && request_id !== undefined))
      }).pipe(Effect.provide(world({ fleet: servers }, transport)))
    )
  }

  for (const changes of ["made", "deleted"] as const) {
    it.live(`misses nothing that stood still while backups are ${changes}`, () =>
      Effect.gen(function* () {
        const { fleet, ids } = yield* listed(20)
        assert.strictEqual(new Set(ids).size, ids.length)
        const lost = changes === "deleted" ? 20 : 0
        assert.isAtLeast(fleet.length, expected - lost)
        const now = yield* DateTime.now
        const grouped = new Fleet(now)
        for (const response of fleet) grouped.add(response)
        assert.strictEqual(grouped.size, servers - 1)
      }).pipe(Effect.provide(world({ fleet: servers, list: { changes } })))
    )
  }

  for (const [ignores, told] of [
    [["sort"], []],
    [["limit"], []],
    [["offset"], ["list-unpaged"]],
    [["limit", "offset"], ["list-unpaged"]]
  ] as const) {
    it.live(`ends with a server that ignores ${ignores.join(" and ")}`, () =>
      Effect.gen(function* () {
        const { ids, told: said } = yield* listed(50)
        assert.strictEqual(new Set(ids).size, ids.length)
        assert.deepStrictEqual(said, [...told])
      }).pipe(Effect.provide(world({ fleet: servers, list: { ignores } })))
    )
  }

  it.live("finds a server's newest backup by its name and by its id, in one call each", () =>
    Effect.gen(function* () {
      const { fleet, project_id, requests } = yield* Simulator
      const { newest, whole } = yield* latestBackup({ project_id, resource_name: fleet?.under_way ?? "" })
      assert.deepStrictEqual([newest.backup.status, whole?.backup.status], ["protecting", "available"])
      const { resource_id = "" } = newest.backup
      const calls = (yield* requests).length
      const byId = yield* latestBackup({ project_id, resource_id })
      assert.strictEqual(byId.newest.backup.id, newest.backup.id)
      assert.strictEqual((yield* requests).length, calls + 1)
    }).pipe(Effect.provide(world({ fleet: servers })))
  )
})
