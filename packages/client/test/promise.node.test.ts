import {
  type BackupClientOptions,
  createBackupClient,
  type EnvironmentOptions,
  InvalidRequest,
  type NodeBackupClient
} from "@cbr/client/promise/node"
import { assert, describe, it, onTestFinished } from "@effect/vitest"

const backupId = "6df2b54c-dd62-4059-a07c-1b8f24f2725d"
const found = "4229d7a45436489f8c3dc2b1d35d4987"

/** IAM with these projects, and CBR; the addresses that were asked, without their origin. */
const cloud = (projects: ReadonlyArray<{ readonly id: string; readonly name: string }>) => {
  const asked: Array<string> = []
  const fetch: typeof globalThis.fetch = async (input) => {
    const { hostname, pathname, search } = new URL(input instanceof Request ? input.url : input)
    asked.push(hostname.startsWith("iam.") ? `IAM ${pathname}${search}` : `CBR ${pathname}`)
    if (hostname.startsWith("iam.")) return Response.json({ projects })
    return Response.json(
      pathname.endsWith("/backups") ? { backups: [{ id: backupId }], count: 1 } : { backup: { status: "available" } }
    )
  }
  const clientOf = (options: Partial<BackupClientOptions> = {}): NodeBackupClient => {
    const client = createBackupClient({
      region: "cn-north-4",
      ak: "EXAMPLEACCESSKEY0001",
      sk: "exampleSecretKeyForTestsOnly000000000001",
      fetch,
      ...options
    } as BackupClientOptions)
    onTestFinished(() => client.close())
    return client
  }
  return { asked, clientOf }
}

const ofRegion = [{ id: found, name: "cn-north-4" }]

describe("createBackupClient, in Node", () => {
  it("the client reads an expression of JMESPath as a condition", async () => {
    const { asked, clientOf } = cloud(ofRegion)
    const client = clientOf({ projectId: found })
    const ready = "query=backup.status=='available'"
    assert.strictEqual((await client.waitUntil(backupId, ready)).backup.status, "available")
    assert.strictEqual((await client.waitUntil(backupId, ["exists", ready])).backup.status, "available")
    const calls = asked.length
    const refused = await client.waitUntil(backupId, "query=backup.status = 'available'").catch((error) => error)
    assert.instanceOf(refused, InvalidRequest)
    assert.match(refused.message, /backup\.status = 'available' is no query: = cannot stand at character 15/)
    assert.lengthOf(asked, calls)
  })

  it("the client finds the project of the region, once for all its calls", async () => {
    const { asked, clientOf } = cloud(ofRegion)
    const client = clientOf()
    assert.strictEqual((await client.showBackup(backupId)).backup.status, "available")
    await client.waitUntil(backupId, "exists")
    for await (const { backup } of client.listBackups()) assert.strictEqual(backup.id, backupId)
    for await (const { backup } of client.changes(backupId)) {
      assert.strictEqual(backup.status, "available")
      break
    }
    assert.deepStrictEqual(
      asked.filter((each) => each.startsWith("IAM")),
      ["IAM /v3/projects?name=cn-north-4"]
    )
    const [, ...calls] = asked
    assert.isAbove(calls.length, 3)
    assert.deepStrictEqual(
      calls.filter((each) => !each.startsWith(`CBR /v3/${found}/backups`)),
      []
    )
  })

  it("the client looks up no project where the caller names one, of the client or of a call", async () => {
    const { asked, clientOf } = cloud(ofRegion)
    await clientOf({ projectId: "mine" }).showBackup(backupId)
    await clientOf().showBackup(backupId, { projectId: "another" })
    assert.deepStrictEqual(asked, [`CBR /v3/mine/backups/${backupId}`, `CBR /v3/another/backups/${backupId}`])
  })

  it("a region without a project is an invalid request that lists what there is, and CBR is not called", async () => {
    const { asked, clientOf } = cloud([])
    const error = await clientOf()
      .showBackup(backupId)
      .catch((error: unknown) => error)
    assert.instanceOf(error, InvalidRequest)
    assert.strictEqual(error.detail.code, "no-one-project")
    assert.isFalse(asked.some((each) => each.startsWith("CBR")))
  })

  it("each client of fromEnvironment reads the variables anew", async () => {
    onTestFinished(() => void delete process.env["CBR_ENDPOINT"])
    const messages: Array<string> = []
    for (const endpoint of ["ftp://cbr.example", "https://cbr.example/a/path"]) {
      process.env["CBR_ENDPOINT"] = endpoint
      const client = createBackupClient.fromEnvironment({ projectId: found })
      onTestFinished(() => client.close())
      const error = await client.showBackup(backupId).catch((error: unknown) => error)
      assert.instanceOf(error, InvalidRequest)
      messages.push(error.message)
    }
    assert.match(messages[0] ?? "", /must be an address/)
    assert.notStrictEqual(messages[1], messages[0])
  })

  it.each([
    ["a number for the profile", { profile: 5 }, "profile must be a string"],
    ["a number for the project", { projectId: 5 }, "projectId must be a string"],
    ["no number for the time limit", { callTimeout: -1 }, "callTimeout"]
  ])("%s is an invalid request of fromEnvironment", (_, options, message) => {
    try {
      createBackupClient.fromEnvironment(options as unknown as EnvironmentOptions)
    } catch (error) {
      assert.instanceOf(error, InvalidRequest)
      return assert.include(error.message, message)
    }
    assert.fail("it did not throw")
  })
})
