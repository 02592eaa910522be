import {
  AuthenticationFailed,
  BackupNotFound,
  type BackupClient,
  type BackupClientOptions,
  ConnectionFailed,
  type CallLimits,
  InvalidRequest,
  TimedOut
} from "@cbr/client/promise"
import { type Check, type Cloud, equal, failureOf } from "./Check.ts"

const tagOf = (error: unknown): unknown => (error as { readonly _tag?: unknown })._tag

/** Each reserved fault, and the kind of error that it is. */
const faults: ReadonlyArray<readonly [fault: string, tag: string]> = [
  ["forbidden", "PermissionDenied"],
  ["other_status", "OtherStatus"],
  ["malformed_json", "MalformedResponse"],
  ["html", "MalformedResponse"],
  ["empty", "MalformedResponse"],
  ["too_large", "ResponseTooLarge"],
  ["cut_mid_body", "ConnectionFailed"],
  ["reset", "ConnectionFailed"],
  ["server_error", "ServiceUnavailable"],
  ["unavailable", "ServiceUnavailable"],
  ["rate_limited", "RateLimited"]
]

/**
 * The checks of a client of promises on every runtime.
 *
 * @param make makes the client
 */
export const checksOf = (make: (options: BackupClientOptions) => BackupClient): ReadonlyArray<Check> => {
  const byToken = ({ endpoint, projectId, token }: Cloud, more: CallLimits = {}): BackupClient =>
    make({ endpoint, projectId, token, ...more })

  const byKey = ({ ak, endpoint, projectId, sk }: Cloud): BackupClient => make({ ak, endpoint, projectId, sk })

  /** A check with a client of its own, which is closed behind it. */
  const withClient = (
    name: string,
    run: (client: BackupClient, cloud: Cloud) => Promise<void>,
    clientOf: (cloud: Cloud) => BackupClient = byToken
  ): Check => ({
    name,
    run: async (cloud) => {
      const client = clientOf(cloud)
      try {
        await run(client, cloud)
      } finally {
        await client.close()
      }
    }
  })

  return [
    withClient("fetches a backup by token", async (client, { backups }) => {
      const { backup, raw } = await client.showBackup(backups["available"] ?? "")
      equal(
        [backup.status, raw.startsWith('{"backup"'), backup.created_at?.date.toISOString()],
        ["available", true, "2026-01-02T03:04:05.209Z"]
      )
    }),
    withClient(
      "fetches a backup by access key, signed",
      async (client, { backups }) => {
        equal((await client.showBackup(backups["tree"] ?? "")).backup.children?.length, 3)
      },
      byKey
    ),
    withClient("keeps numbers beyond 2^53 in the text", async (client, { backups }) => {
      equal((await client.showBackup(backups["undocumented_fields"] ?? "")).raw.includes("9007199254740993"), true)
    }),
    withClient("rejects with BackupNotFound", async (client) => {
      const error = await failureOf(client.showBackup("00000000-0000-4000-8000-000000000000"))
      equal([error instanceof BackupNotFound, error instanceof Error, tagOf(error)], [true, true, "BackupNotFound"])
      equal((error as BackupNotFound).error_code, "BackupService.6200")
    }),
    withClient("rejects an id that cannot be, without sending it", async (client) => {
      const error = await failureOf(client.showBackup("../x"))
      equal([error instanceof InvalidRequest, (error as InvalidRequest).attempts], [true, 0])
    }),
    ...faults.map(([fault, tag]) =>
      withClient(
        `tells ${fault} as ${tag}`,
        async (client, { faults: ids }) => equal(tagOf(await failureOf(client.showBackup(ids[fault] ?? ""))), tag),
        (cloud) => byToken(cloud, { retries: 0 })
      )
    ),
    withClient(
      "gives up in time on a service that hangs",
      async (client, { faults: ids }) => {
        equal((await failureOf(client.showBackup(ids["hang"] ?? ""))) instanceof TimedOut, true)
      },
      (cloud) => byToken(cloud, { callTimeout: 500 })
    ),
    withClient("rejects with the reason of an abort", async (client, { faults: ids }) => {
      const controller = new AbortController()
      const reason = new Error("no longer wanted")
      setTimeout(() => controller.abort(reason), 50)
      equal((await failureOf(client.showBackup(ids["hang"] ?? "", { signal: controller.signal }))) === reason, true)
    }),
    withClient("does not begin with a signal that is aborted", async (client, { backups }) => {
      const signal = AbortSignal.abort()
      equal(((await failureOf(client.showBackup(backups["available"] ?? "", { signal }))) as Error).name, "AbortError")
    }),
    {
      name: "tells a port on which nothing listens as ConnectionFailed",
      run: async (cloud) => {
        const client = byToken({ ...cloud, endpoint: "http://127.0.0.1:9" }, { retries: 0 })
        equal((await failureOf(client.showBackup(cloud.backups["available"] ?? ""))) instanceof ConnectionFailed, true)
        await client.close()
      }
    },
    {
      name: "sends a refused token no second time within a call",
      run: async (cloud) => {
        const client = byToken({ ...cloud, token: "not-a-token-of-this-cloud" })
        const error = await failureOf(client.showBackup(cloud.backups["available"] ?? ""))
        equal([error instanceof AuthenticationFailed, (error as AuthenticationFailed).attempts], [true, 1])
        equal(JSON.stringify(error).includes("not-a-token"), false)
        await client.close()
      }
    },
    withClient("fetches many, each with its outcome", async (client, { backups, faults: ids }) => {
      const outcomes: Array<unknown> = []
      for await (const { error, response } of client.showMany([backups["available"] ?? "", ids["not_found"] ?? ""], {
        concurrency: 1
      })) {
        outcomes.push(error === undefined ? response?.backup.status : error._tag)
      }
      equal(outcomes, ["available", "BackupNotFound"])
    }),
    withClient("waits until a status", async (client, { backups }) => {
      equal((await client.waitUntil(backups["available"] ?? "", "status=available")).backup.status, "available")
    }),
    withClient("waits for what a function says", async (client, { backups }) => {
      const { backup } = await client.waitUntil(
        backups["tree"] ?? "",
        ({ backup: seen }) => seen.children?.length === 3
      )
      equal(backup.status, "available")
    }),
    withClient("rejects at once what can no longer come true", async (client, { backups }) => {
      equal(tagOf(await failureOf(client.waitUntil(backups["error"] ?? "", "status=available"))), "ConditionImpossible")
    }),
    withClient("follows a backup, and ends as its reader leaves", async (client, { backups }) => {
      const seen: Array<unknown> = []
      for await (const { backup } of client.changes(backups["available"] ?? "")) {
        seen.push(backup.status)
        break
      }
      equal(seen, ["available"])
    }),
    withClient("ends calls under way as it is closed", async (client, { faults: ids }) => {
      const call = failureOf(client.showBackup(ids["hang"] ?? ""))
      setTimeout(() => void client.close(), 50)
      equal(((await call) as Error).name, "AbortError")
    }),
    withClient("serves many calls at once", async (client, { backups }) => {
      const all = await Promise.all(Array.from({ length: 50 }, () => client.showBackup(backups["available"] ?? "")))
      equal(
        all.every(({ backup }) => backup.status === "available"),
        true
      )
    })
  ]
}
