import {
  type BackupClient,
  BackupNotFound,
  createBackupClient,
  InvalidRequest,
  type ListFilter
} from "@cbr/client/promise"
import { assert, describe, it, onTestFinished } from "@effect/vitest"

const projectId = "4229d7a45436489f8c3dc2b1d35d4987"

/** A service of 25 backups of two servers, which heeds order and pages alone. */
const world = () => {
  const queries: Array<URLSearchParams> = []
  const all = Array.from({ length: 25 }, (_, index) => ({
    id: `b${index}`,
    created_at: new Date(Date.UTC(2026, 0, 31) - index * 86_400_000).toISOString(),
    resource_id: index % 2 === 0 ? "even" : "odd",
    resource_name: `ecs-${index % 2}`
  }))
  const fetch: typeof globalThis.fetch = (input) => {
    const query = new URL(input instanceof Request ? input.url : input).searchParams
    queries.push(query)
    const offset = Number(query.get("offset"))
    const backups = all.slice(offset, offset + Number(query.get("limit")))
    return Promise.resolve(Response.json({ backups, count: all.length }))
  }
  const client = createBackupClient({ region: "cn-north-4", token: "exampleTokenOfTestsOnly", projectId, fetch })
  return { client, queries }
}

/** Closes a client at the end of its test. */
const after = (client: BackupClient) => onTestFinished(() => client.close())

const idsOf = async (backups: AsyncIterable<{ readonly backup: { readonly id?: string } }>) => {
  const ids: Array<string | undefined> = []
  for await (const { backup } of backups) ids.push(backup.id)
  return ids
}

const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => assert.fail("it resolved"),
    (error: unknown) => error
  )

describe("listBackups", () => {
  it("iterates over all pages, with a filter or without", async () => {
    const { client, queries } = world()
    after(client)
    assert.lengthOf(await idsOf(client.listBackups({}, { pageSize: 10 })), 25)
    assert.lengthOf(queries, 3)
    assert.lengthOf(await idsOf(client.listBackups()), 25)
    assert.lengthOf(
      await idsOf(client.listBackups({ resource_id: "odd", name: undefined } as unknown as ListFilter)),
      12
    )
    assert.isFalse(queries.at(-1)?.has("name"))
  })

  it("leaving the loop asks for no more pages", async () => {
    const { client, queries } = world()
    after(client)
    for await (const { backup } of client.listBackups({}, { pageSize: 10 })) if (backup.id === "b3") break
    assert.lengthOf(queries, 1)
  })

  it("a wrong filter rejects before anything is sent, and an abort ends the loop", async () => {
    const { client, queries } = world()
    after(client)
    const wrong = { status: ["done"] } as unknown as ListFilter
    assert.instanceOf(await rejection(idsOf(client.listBackups(wrong))), InvalidRequest)
    assert.lengthOf(queries, 0)
    const reason = new Error("enough")
    assert.strictEqual(await rejection(idsOf(client.listBackups({}, { signal: AbortSignal.abort(reason) }))), reason)
  })
})

describe("latestBackup", () => {
  it("resolves with the newest by id or by name", async () => {
    const { client } = world()
    after(client)
    assert.strictEqual((await client.latestBackup({ resource_id: "odd" })).backup.id, "b1")
    assert.strictEqual((await client.latestBackup({ resource_name: "ecs-0" })).backup.id, "b0")
    assert.instanceOf(await rejection(client.latestBackup({ resource_name: "ecs-2" })), BackupNotFound)
  })

  it("rejects a filter that names no resource, says what to give, and sends nothing", async () => {
    const { client, queries } = world()
    after(client)
    for (const nothing of [{}, { resource_id: "" }, { resource_name: undefined }]) {
      const error = await rejection(client.latestBackup(nothing as never))
      assert.instanceOf(error, InvalidRequest)
      assert.include(error.message, "give resource_id or resource_name")
    }
    assert.lengthOf(queries, 0)
  })
})
