import { inspect } from "node:util"
import {
  type BackupClient,
  type BackupClientOptions,
  BackupNotFound,
  ConnectionFailed,
  createBackupClient,
  InvalidRequest
} from "@cbr/client/promise"
import { assert, describe, it } from "@effect/vitest"

const backupId = "6df2b54c-dd62-4059-a07c-1b8f24f2725d"
const projectId = "4229d7a45436489f8c3dc2b1d35d4987"

const answering =
  (status: number, body: object = { backup: { status: "available" } }): typeof fetch =>
  async () =>
    Response.json(body, { status })

const options = { region: "cn-north-4", token: "exampleTokenOfTestsOnly", projectId, fetch: answering(200) }

/** The error that a call throws at once, or rejects with. */
const failure = async (of: () => unknown): Promise<unknown> => {
  try {
    await of()
  } catch (error) {
    return error
  }
  throw new Error("it did not fail")
}

const making: ReadonlyArray<readonly [what: string, options: unknown, message: RegExp]> = [
  ["no options", undefined, /^no endpoint: neither region nor endpoint is given$/],
  ["null", null, /^no endpoint/],
  ["a text for options", "cn-north-4", /^no endpoint/],
  ["neither region nor endpoint", { token: "t" }, /^no endpoint/],
  ["null for the endpoint", { endpoint: null, token: "t" }, /^endpoint must be a string$/],
  ["a number for the endpoint", { endpoint: 5, token: "t" }, /^endpoint must be a string$/],
  ["a number for the region", { region: 4, token: "t" }, /^region must be a string$/],
  ["a number for the secret", { ...options, token: undefined, ak: "a", sk: 5 }, /^sk must be a string$/],
  ["a number for the key", { ...options, token: undefined, ak: 5, sk: "s" }, /^ak must be a string$/],
  ["an object for the token", { ...options, token: {} }, /^token must be a string$/],
  ["a number for the project", { ...options, projectId: 5 }, /^projectId must be a string$/],
  ["a text for fetch", { ...options, fetch: "fetch" }, /^fetch must be a function$/]
]

describe("createBackupClient, without types", () => {
  it.each(making)("%s is an invalid request", async (_, given, message) => {
    const error = await failure(() => createBackupClient(given as BackupClientOptions))
    assert.instanceOf(error, InvalidRequest)
    assert.match(error.message, message)
  })

  it("a client without a project refuses each call by the option's name", async () => {
    const client = createBackupClient({ ...options, projectId: undefined })
    const calls = [
      () => client.showBackup(backupId),
      () => client.waitUntil(backupId, "status=available"),
      () => each(client.changes(backupId)),
      () => each(client.listBackups()),
      () => client.latestBackup({ resource_name: "ecs-orders-0001" })
    ]
    for (const call of calls)
      assert.match(String(await failure(call)), /the project id is missing: give the option projectId/)
  })

  it("an option of a call that is null is as if it were not given", async () => {
    const client = createBackupClient(options)
    const call = { signal: null, projectId: null } as unknown as object
    assert.strictEqual((await client.showBackup(backupId, call)).backup.status, "available")
    assert.strictEqual((await client.showBackup(backupId, null as unknown as object)).backup.status, "available")
  })
})

const each = async (iterable: AsyncIterable<unknown>) => {
  for await (const _ of iterable) break
}

type Untyped = Record<keyof BackupClient, (...words: ReadonlyArray<unknown>) => never>

const calling: ReadonlyArray<readonly [what: string, call: (client: Untyped) => unknown, message: RegExp]> = [
  ["no id", (client) => client.showBackup(), /^backup_id: expected a backup id/],
  ["a signal that is none", (client) => client.showBackup(backupId, { signal: {} }), /^signal must be an AbortSignal$/],
  [
    "a number for the signal",
    (client) => client.showBackup(backupId, { signal: 5 }),
    /^signal must be an AbortSignal$/
  ],
  [
    "an object with a predicate alone for a condition",
    (client) => client.waitUntil(backupId, { predicate: () => true }),
    /^condition must be/
  ],
  ["an object for a condition", (client) => client.waitUntil(backupId, { _tag: "Satisfies" }), /^condition must be/],
  [
    "a number for the project",
    (client) => client.showBackup(backupId, { projectId: 5 }),
    /^projectId must be a string/
  ],
  ["no ids", (client) => each(client.showMany()), /^backupIds must be an iterable of ids$/],
  ["one id for many", (client) => each(client.showMany(backupId)), /^backupIds must be an iterable of ids$/],
  ["no condition", (client) => client.waitUntil(backupId), /^condition must be a text, a list of texts or a function$/],
  ["a number for a condition", (client) => client.waitUntil(backupId, 5), /^condition must be/],
  [
    "a text for the hook",
    (client) => each(client.changes(backupId, { onObservation: "x" })),
    /^onObservation must be a function$/
  ],
  [
    "an asynchronous condition",
    (client) => client.waitUntil(backupId, async () => false),
    /^condition must be a function that returns true or false, and no promise$/
  ],
  [
    "an asynchronous condition that rejects",
    (client) => client.waitUntil(backupId, () => Promise.reject(new Error("unheard"))),
    /^condition must be a function that returns/
  ]
]

describe("a call, without types", () => {
  it.each(calling)("%s is an invalid request", async (_, call, message) => {
    const client = createBackupClient(options)
    const error = await failure(() => call(client as unknown as Untyped))
    assert.instanceOf(error, InvalidRequest)
    assert.match(error.message, message)
  })
})

describe("a hook that is asynchronous", () => {
  const fault = new Error("a fault of the caller's")

  it("what its promise rejects with ends the call, and the process goes on", async () => {
    const client = createBackupClient(options)
    const onObservation = () => Promise.reject(fault)
    assert.strictEqual(await failure(() => client.waitUntil(backupId, "status=available", { onObservation })), fault)
    assert.strictEqual(await failure(() => each(client.changes(backupId, { onObservation }))), fault)
  })

  it("the call waits for it", async () => {
    const client = createBackupClient(options)
    const told: Array<string> = []
    await client.waitUntil(backupId, "status=available", {
      onObservation: async () => {
        await new Promise((resolve) => setTimeout(resolve, 5))
        told.push("looked")
      }
    })
    assert.deepStrictEqual(told, ["looked"])
  })
})

describe("an error, printed", () => {
  const gone = answering(404, { error_code: "BackupService.6200", error_msg: "gone" })

  it("shows its class, its fields and the caller's line, for each kind of call", async () => {
    const client = createBackupClient({ ...options, fetch: gone })
    const asked = async function lineOfTheCaller(call: () => unknown) {
      await call()
    }
    for (const call of [
      () => client.showBackup(backupId),
      () => client.waitUntil(backupId, "status=available"),
      () => each(client.changes(backupId))
    ]) {
      const error = await failure(() => asked(call))
      assert.instanceOf(error, BackupNotFound)
      const printed = inspect(error)
      assert.isTrue(printed.startsWith(`BackupNotFound: ${error.message}\n    at `), printed)
      assert.match(printed, /at .*untyped\.test\.ts:\d+/)
      assert.include(printed, "error_code: 'BackupService.6200'")
      assert.strictEqual(error.stack?.split("\n")[0], `BackupNotFound: ${error.message}`)
    }
  })

  it("shows its class and the caller's line where no client is made", async () => {
    const error = await failure(() => createBackupClient({} as BackupClientOptions))
    assert.match(inspect(error), /^InvalidRequest: no endpoint: [^\n]+\n {4}at [^]*at .*untyped\.test\.ts:\d+/)
  })

  it("shows what the caller's own fetch threw as its cause, and tries that once", async () => {
    let calls = 0
    const fault = new Error("a fault of the caller's")
    const client = createBackupClient({
      ...options,
      fetch: () => {
        calls++
        throw fault
      }
    })
    const error = await failure(() => client.showBackup(backupId))
    assert.instanceOf(error, ConnectionFailed)
    assert.deepInclude(error, { reason: "NoAnswer", attempts: 1, cause: fault })
    assert.strictEqual(error.message, "no answer from cbr.cn-north-4.myhuaweicloud.com (Error)")
    assert.strictEqual(calls, 1)
    assert.include(inspect(error), "[cause]: Error: a fault of the caller's")
  })
})
