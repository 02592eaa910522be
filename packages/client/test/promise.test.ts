import { readFileSync } from "node:fs"
import {
  AuthenticationFailed,
  type BackupClientOptions,
  type BackupOutcome,
  BackupNotFound,
  type BackupResponse,
  ConditionImpossible,
  ConditionTimedOut,
  createBackupClient,
  ErrorTable,
  InvalidRequest,
  NoCredentials,
  PermissionDenied,
  TimedOut
} from "@cbr/client/promise"
import { assert, describe, expectTypeOf, it } from "@effect/vitest"

const body = readFileSync(new URL("fixtures/show-backup.json", import.meta.url), "utf8")
const backupId = "6df2b54c-dd62-4059-a07c-1b8f24f2725d"
const projectId = "4229d7a45436489f8c3dc2b1d35d4987"

interface Call {
  readonly url: string
  readonly init: RequestInit
}

/** A `fetch` that answers from a function, as the platform's would: it rejects when its signal is aborted. */
const service = (answer: (nth: number) => Response | Promise<Response>) => {
  const calls: Array<Call> = []
  let aborted = 0
  const fetch: typeof globalThis.fetch = (input, init = {}) => {
    const url = input instanceof Request ? input.url : input.toString()
    const nth = calls.push({ url, init }) - 1
    return new Promise((resolve, reject) => {
      init.signal?.addEventListener("abort", () => {
        aborted++
        reject(new DOMException("aborted", "AbortError"))
      })
      Promise.resolve(answer(nth)).then(resolve, reject)
    })
  }
  return { calls, fetch, aborted: () => aborted }
}

const json = (backup: object) => Response.json({ backup })
const refusal = (status: number) => Response.json({ error_code: "BackupService.6200", error_msg: "no" }, { status })
const never = () => new Promise<never>(() => undefined)

const clientOf = (fetch: typeof globalThis.fetch, options: Partial<BackupClientOptions> = {}) =>
  createBackupClient({
    region: "cn-north-4",
    token: "exampleTokenOfTestsOnly",
    projectId,
    retries: 0,
    fetch,
    ...options
  } as BackupClientOptions)

const collected = async <A>(iterable: AsyncIterable<A>): Promise<ReadonlyArray<A>> => {
  const all: Array<A> = []
  for await (const each of iterable) all.push(each)
  return all
}

const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => assert.fail("it resolved"),
    (error: unknown) => error
  )

describe("showBackup", () => {
  it("resolves with the backup, its text and its times", async () => {
    const { calls, fetch } = service(() => new Response(body, { headers: { "x-request-id": "r" } }))
    await using client = clientOf(fetch)
    const { backup, raw, request_id } = await client.showBackup(backupId)
    assert.strictEqual(raw, body)
    assert.strictEqual(request_id, "r")
    assert.strictEqual(backup.created_at?.date.toISOString(), "2019-05-10T07:59:12.085Z")
    assert.strictEqual(calls[0]!.url, `https://cbr.cn-north-4.myhuaweicloud.com/v3/${projectId}/backups/${backupId}`)
    assert.strictEqual(new Headers(calls[0]!.init.headers).get("x-auth-token"), "exampleTokenOfTestsOnly")
    assert.strictEqual(calls[0]!.init.redirect, "manual")
  })

  it("signs with an access key, by WebCrypto", async () => {
    const { calls, fetch } = service(() => new Response(body))
    await using client = createBackupClient({
      ak: "EXAMPLEACCESSKEY0001",
      sk: "exampleSecretKeyForTestsOnly000000000001",
      securityToken: "exampleToken==",
      endpoint: "http://127.0.0.1:9",
      fetch
    })
    await client.showBackup(backupId, { projectId: "another" })
    const headers = new Headers(calls[0]!.init.headers)
    assert.match(
      headers.get("authorization")!,
      /^SDK-HMAC-SHA256 Access=EXAMPLEACCESSKEY0001, SignedHeaders=host;x-project-id;x-sdk-date;x-security-token, Signature=[0-9a-f]{64}$/
    )
    assert.strictEqual(headers.get("x-project-id"), "another")
    assert.strictEqual(headers.get("x-security-token"), "exampleToken==")
  })

  it("rejects with an error for instanceof, with the service's code and request id", async () => {
    const { fetch } = service(() => refusal(404))
    await using client = clientOf(fetch)
    const error = await rejection(client.showBackup(backupId))
    assert.instanceOf(error, Error)
    assert.instanceOf(error, BackupNotFound)
    assert.notInstanceOf(error, AuthenticationFailed)
    assert.deepInclude(
      { ...error },
      { _tag: "BackupNotFound", status_code: 404, error_code: "BackupService.6200", attempts: 1 }
    )
    assert.strictEqual(ErrorTable[error._tag].exitCode, 5)
  })

  it("keeps a key in use whose project the service refuses: another project is served", async () => {
    const refusal = { badRequest: { code: "401", message: "the project in the address is not the credential's" } }
    const calls: Array<string> = []
    const fetch: typeof globalThis.fetch = (input) => {
      const url = input instanceof Request ? input.url : input.toString()
      calls.push(url)
      return Promise.resolve(url.includes("/wrong/") ? Response.json(refusal, { status: 401 }) : new Response(body))
    }
    await using client = clientOf(fetch, { token: undefined, ak: "EXAMPLEACCESSKEY0001", sk: "exampleSecret" })
    const error = await rejection(client.showBackup(backupId, { projectId: "wrong" }))
    assert.instanceOf(error, PermissionDenied)
    await client.showBackup(backupId)
    assert.lengthOf(calls, 2)
  })

  it("retries, and gives up within the time given", async () => {
    const retried = service((nth) => (nth === 0 ? new Response(null, { status: 503 }) : new Response(body)))
    await using patient = clientOf(retried.fetch, { retries: 1 })
    await patient.showBackup(backupId)
    assert.strictEqual(retried.calls.length, 2)
    const hung = service(never)
    await using hasty = clientOf(hung.fetch, { callTimeout: 20 })
    assert.instanceOf(await rejection(hasty.showBackup(backupId)), TimedOut)
    assert.strictEqual(hung.aborted(), 1)
  })

  it("an id or a project that cannot be right rejects, and nothing is sent", async () => {
    const { calls, fetch } = service(() => new Response(body))
    await using client = clientOf(fetch, { projectId: undefined })
    assert.instanceOf(await rejection(client.showBackup(backupId)), InvalidRequest)
    assert.instanceOf(await rejection(client.showBackup("../tokens", { projectId })), InvalidRequest)
    assert.strictEqual(calls.length, 0)
  })

  const key = { ak: "EXAMPLEACCESSKEY0001", sk: "exampleSecretKeyForTestsOnly000000000001" }
  const unset: ReadonlyArray<readonly [signIn: object, message: string]> = [
    [{}, "neither an access key (ak and sk) nor a token was given"],
    [{ ak: "", sk: "" }, "neither an access key (ak and sk) nor a token was given"],
    [{ ...key, ak: undefined }, "the access key id is empty"],
    [{ ...key, sk: undefined }, "the secret access key is empty"],
    [{ ...key, securityToken: null }, "the security token is empty"],
    [{ token: null }, "the token is empty"],
    [{ token: "" }, "the token is empty"]
  ]
  for (const [signIn, message] of unset) {
    it(`${JSON.stringify(signIn)} of variables that are not set rejects, and nothing is sent`, async () => {
      const { calls, fetch } = service(() => new Response(body))
      await using client = clientOf(fetch, { token: undefined, ...signIn })
      const error = await rejection(client.showBackup(backupId))
      assert.instanceOf(error, NoCredentials)
      assert.strictEqual(error.message, message)
      assert.strictEqual(calls.length, 0)
    })
  }

  it("a number that cannot be right throws when the client is made", () => {
    const { fetch } = service(() => new Response(body))
    for (const callTimeout of [Number.NaN, 0, -1, "5s", null]) {
      assert.throws(
        () => clientOf(fetch, { callTimeout: callTimeout as number }),
        /^callTimeout must be a number of milliseconds/
      )
    }
    for (const retries of [Number.NaN, -1, 1.5, "3"]) {
      assert.throws(() => clientOf(fetch, { retries: retries as number }), /^retries must be a whole number from 0 up/)
    }
  })

  it("a number or condition of a call that cannot be right rejects, and nothing is sent", async () => {
    const { calls, fetch } = service(() => json({ status: "available" }))
    await using client = clientOf(fetch)
    for (const timeout of [Number.NaN, 0, -5, "5s"]) {
      const wait = client.waitUntil(backupId, "status=available", { timeout: timeout as number })
      assert.instanceOf(await rejection(wait), InvalidRequest)
    }
    for (const condition of [undefined, null, 5, {}, [5]]) {
      assert.instanceOf(await rejection(client.waitUntil(backupId, condition as never)), InvalidRequest)
    }
    for (const concurrency of [Number.NaN, 0, -1]) {
      assert.instanceOf(await rejection(collected(client.showMany([backupId], { concurrency }))), InvalidRequest)
    }
    assert.strictEqual(calls.length, 0)
  })

  it("an endpoint that cannot be right throws when the client is made", () => {
    assert.throws(() => createBackupClient({ endpoint: "example.com", token: "t" }), InvalidRequest)
  })
})

describe("aborting", () => {
  it("rejects with the signal's reason and ends the request", async () => {
    const hung = service(never)
    await using client = clientOf(hung.fetch)
    const controller = new AbortController()
    const call = rejection(client.showBackup(backupId, { signal: controller.signal }))
    while (hung.calls.length === 0) await new Promise((resolve) => setImmediate(resolve))
    const reason = { any: "value" }
    controller.abort(reason)
    assert.strictEqual(await call, reason)
    assert.strictEqual(hung.aborted(), 1)
  })

  it("gives AbortError and TimeoutError as the platform does", async () => {
    await using client = clientOf(service(never).fetch)
    const aborted = await rejection(client.showBackup(backupId, { signal: AbortSignal.abort() }))
    const late = await rejection(client.waitUntil(backupId, "restorable", { signal: AbortSignal.timeout(5) }))
    assert.deepStrictEqual([(aborted as Error).name, (late as Error).name], ["AbortError", "TimeoutError"])
  })

  it("before the call, sends nothing", async () => {
    const { calls, fetch } = service(() => new Response(body))
    await using client = clientOf(fetch)
    const signal = AbortSignal.abort("no")
    assert.strictEqual(await rejection(client.showBackup(backupId, { signal })), "no")
    assert.strictEqual(await rejection(collected(client.changes(backupId, { signal }))), "no")
    assert.strictEqual(await rejection(collected(client.showMany([backupId], { signal }))), "no")
    assert.strictEqual(calls.length, 0)
  })

  it("ends an iteration that waits", async () => {
    const { fetch } = service(() => json({ status: "protecting" }))
    await using client = clientOf(fetch)
    const controller = new AbortController()
    const seen: Array<BackupResponse> = []
    const watching = (async () => {
      for await (const response of client.changes(backupId, { signal: controller.signal })) {
        seen.push(response)
        setImmediate(() => controller.abort(new Error("enough")))
      }
    })()
    assert.strictEqual(((await rejection(watching)) as Error).message, "enough")
    assert.strictEqual(seen.length, 1)
  })
})

describe("closing", () => {
  it("await using ends what is under way, and later calls reject", async () => {
    const hung = service(never)
    let call: Promise<unknown>
    let kept: ReturnType<typeof clientOf>
    {
      await using client = clientOf(hung.fetch)
      kept = client
      call = rejection(client.showBackup(backupId))
      while (hung.calls.length === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    assert.strictEqual(((await call) as Error).name, "AbortError")
    assert.strictEqual(hung.aborted(), 1)
    assert.strictEqual(((await rejection(kept.showBackup(backupId))) as Error).message, "the client was closed")
    assert.strictEqual(((await rejection(collected(kept.changes(backupId)))) as Error).message, "the client was closed")
    assert.strictEqual(
      ((await rejection(collected(kept.showMany([backupId])))) as Error).message,
      "the client was closed"
    )
  })

  it("is over once the body that was being read is let go", async () => {
    let isLetGo = false
    const cancel = async () => {
      await new Promise((resolve) => setImmediate(resolve))
      isLetGo = true
    }
    const hung = service(() => new Response(new ReadableStream({ pull: never, cancel })))
    const client = clientOf(hung.fetch)
    const call = rejection(client.showBackup(backupId))
    while (hung.calls.length === 0) await new Promise((resolve) => setImmediate(resolve))
    await new Promise((resolve) => setImmediate(resolve))
    await client.close()
    assert.isTrue(isLetGo)
    assert.strictEqual(((await call) as Error).name, "AbortError")
  })

  it("using does too", async () => {
    const hung = service(never)
    let call: Promise<unknown>
    {
      using client = clientOf(hung.fetch)
      call = rejection(client.waitUntil(backupId, "status=available"))
    }
    assert.strictEqual(((await call) as Error).name, "AbortError")
  })
})

describe("waitUntil", () => {
  it("resolves with the answer that met the condition", async () => {
    const { fetch } = service(() => json({ status: "available", name: "nightly" }))
    await using client = clientOf(fetch)
    assert.strictEqual((await client.waitUntil(backupId, "status=available,error")).backup.name, "nightly")
    assert.strictEqual(
      (await client.waitUntil(backupId, ["status=available", "children=available"])).backup.name,
      "nightly"
    )
    assert.strictEqual(
      (await client.waitUntil(backupId, ({ backup }) => backup.name === "nightly")).backup.name,
      "nightly"
    )
  })

  it("rejects when it cannot come true, when it is late, and when it is no condition", async () => {
    const { fetch } = service(() => json({ status: "error" }))
    await using client = clientOf(fetch)
    const impossible = await rejection(client.waitUntil(backupId, "status=available"))
    assert.instanceOf(impossible, ConditionImpossible)
    assert.deepStrictEqual(impossible.detail, {
      code: "condition-impossible",
      condition: "status=available",
      reason: { code: "status-is", status: "error" }
    })
    assert.strictEqual(impossible.message, "status=available can no longer come true: the status is error")
    assert.instanceOf(
      await rejection(client.waitUntil(backupId, "status=available", { failFast: false, timeout: 20 })),
      ConditionTimedOut
    )
    assert.instanceOf(await rejection(client.waitUntil(backupId, "status=avialable")), InvalidRequest)
  })

  it("a deletion resolves with nothing when the backup never was", async () => {
    await using client = clientOf(service(() => refusal(404)).fetch)
    assert.isUndefined(await client.waitUntil(backupId, "deleted"))
  })

  it("a condition of one's own that throws rejects with what it threw", async () => {
    await using client = clientOf(service(() => json({})).fetch)
    const error = new Error("a fault of the caller's")
    assert.strictEqual(
      await rejection(
        client.waitUntil(backupId, () => {
          throw error
        })
      ),
      error
    )
  })
})

describe("changes and showMany", () => {
  it("changes begins with the backup as it stands, and tells the hook", async () => {
    const told: Array<string> = []
    const { calls, fetch } = service(() => json({ status: "protecting" }))
    await using client = clientOf(fetch)
    for await (const { backup } of client.changes(backupId, { onObservation: ({ _tag }) => told.push(_tag) })) {
      assert.strictEqual(backup.status, "protecting")
      break
    }
    assert.deepStrictEqual(told, ["Seen"])
    assert.strictEqual(calls.length, 1)
  })

  it("changes of a backup that never was rejects", async () => {
    await using client = clientOf(service(() => refusal(404)).fetch)
    assert.instanceOf(await rejection(collected(client.changes(backupId))), BackupNotFound)
  })

  it("showMany gives each outcome, from ids that may come one by one", async () => {
    const { calls, fetch } = service((nth) => (nth === 0 ? json({ name: "first" }) : refusal(404)))
    await using client = clientOf(fetch)
    const ids = async function* () {
      yield backupId
      yield "no-uuid"
      yield backupId
    }
    const outcomes: ReadonlyArray<BackupOutcome> = await collected(client.showMany(ids(), { concurrency: 1 }))
    assert.deepStrictEqual(
      outcomes.map(({ error, response }) => error?._tag ?? response?.backup.name),
      ["first", "InvalidRequest", "BackupNotFound"]
    )
    assert.strictEqual(calls.length, 2)
  })

  it("showMany takes any iterable, and stops taking when it is left", async () => {
    const { calls, fetch } = service(() => json({}))
    await using client = clientOf(fetch)
    const endless = function* () {
      while (true) yield backupId
    }
    let read = 0
    for await (const _ of client.showMany(endless(), { concurrency: 2 })) if (++read === 10) break
    assert.isAtMost(calls.length, 13)
  })

  it("showMany rejects with what its source throws", async () => {
    await using client = clientOf(service(() => json({})).fetch)
    const error = new Error("the file ended in the middle of a line")
    const ids = async function* () {
      yield backupId
      throw error
    }
    assert.strictEqual(await rejection(collected(client.showMany(ids()))), error)
  })
})

describe("types", () => {
  it("tell statuses, times and errors as they are", () => {
    expectTypeOf<NonNullable<BackupResponse["backup"]["created_at"]>["date"]>().toEqualTypeOf<Date>()
    expectTypeOf<"available">().toExtend<NonNullable<BackupResponse["backup"]["status"]>>()
    expectTypeOf<"not on the page">().toExtend<NonNullable<BackupResponse["backup"]["status"]>>()
    expectTypeOf<TimedOut["limit"]>().toEqualTypeOf<"attempt" | "call">()
    expectTypeOf<BackupNotFound["status_code"]>().toEqualTypeOf<number | undefined>()
    const sorted = (error: unknown) => (error instanceof BackupNotFound ? error : undefined)
    expectTypeOf<NonNullable<ReturnType<typeof sorted>>["_tag"]>().toEqualTypeOf<"BackupNotFound">()
  })
})
