import { readFileSync } from "node:fs"
import type { ServerResponse } from "node:http"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { needs } from "../../../../debian.ts"
import { bundle } from "./bundle.ts"
import { runInChromium } from "./Chromium.ts"

const body = readFileSync(new URL("../fixtures/show-backup.json", import.meta.url), "utf8")

/** The program in the browser: each public function against the page's own origin. */
const program = `
import { BackupNotFound, createBackupClient } from "@cbr/client/promise"

export default async () => {
  const id = "6df2b54c-dd62-4059-a07c-1b8f24f2725d"
  const missing = "00000000-0000-4000-8000-000000000000"
  const throughProxy = "5d8261f7-46e6-4a4f-9a3f-0b3f1a3f1a3f"
  const place = { endpoint: location.origin, projectId: "4229d7a45436489f8c3dc2b1d35d4987" }
  await using byToken = createBackupClient({ ...place, token: "exampleTokenOfTestsOnly" })
  await using byKey = createBackupClient({ ...place, ak: "EXAMPLEACCESSKEY0001", sk: "exampleSecretKeyForTestsOnly000000000001" })

  const { backup } = await byToken.showBackup(id)
  const signed = await byKey.showBackup(id)
  const waited = await byToken.waitUntil(id, "status=available")
  const refused = await byToken.showBackup(missing).catch((error) => error instanceof BackupNotFound && error.error_code)
  const aborted = await byToken.showBackup(id, { signal: AbortSignal.abort() }).catch((error) => error.name)
  const many = []
  for await (const { error, response } of byToken.showMany([id, missing], { concurrency: 1 })) {
    many.push(response?.backup.status ?? error._tag)
  }
  const watched = []
  for await (const { backup } of byToken.changes(id)) {
    watched.push(backup.status)
    break
  }
  const listened = []
  for await (const { backup } of byKey.changes(throughProxy)) listened.push(backup.status)
  return {
    created: backup.created_at.date.toISOString(),
    same: signed.raw === waited.raw,
    refused, aborted, many, watched, listened
  }
}
`

/** A backup, the offer of its events, and these: it comes to rest, and is deleted. */
const answerLikeProxy = (url: string, response: ServerResponse) => {
  if (!url.endsWith("/events")) {
    response.setHeader("etag", '"first"').setHeader("link", '</-/v1/events>; rel="monitor"; type="text/event-stream"')
    return void response.end('{"backup":{"status":"protecting"}}')
  }
  response.setHeader("content-type", "text/event-stream").write("retry: 3000\n\n:\n\n")
  response.write('id: "second"\nevent: stable\ndata: {"backup":\ndata: {"status":"available"}}\n\n')
  response.write('event: deleted\ndata: {"status":404,"error_code":"BackupService.6200","error_msg":"gone"}\n\n')
}

describe("bundled for a browser", () => {
  it("imports nothing, neither of Node nor of anything else", async () => {
    const { code, imports } = await bundle(`export * from "@cbr/client/promise"`, "browser")
    assert.deepStrictEqual(imports, [])
    assert.notMatch(code, /\brequire\(|\bimport\(/)
  })

  it.live(
    "works in a real one, by token and by access key",
    () =>
      Effect.gen(function* () {
        const { code } = yield* Effect.promise(() => bundle(program, "browser"))
        const seen: Array<string> = []
        const heard: Array<string | undefined> = []
        const reported = yield* runInChromium(code, ({ headers, url }, response) => {
          if (url!.endsWith("1a3f") || url!.endsWith("/events")) {
            heard.push(headers.authorization?.split(" ")[0], headers["last-event-id"]?.toString())
            return answerLikeProxy(url!, response)
          }
          if (!url!.startsWith("/v3/")) return void response.writeHead(404).end()
          seen.push(
            headers.authorization?.split(" ")[0] ?? (headers["x-auth-token"] === undefined ? "nothing" : "token")
          )
          if (url!.endsWith("0000")) {
            return void response.writeHead(404).end(`{"error_code":"BackupService.6200","error_msg":"not there"}`)
          }
          response.end(body)
        })
        assert.deepStrictEqual(reported, {
          created: "2019-05-10T07:59:12.085Z",
          same: true,
          refused: "BackupService.6200",
          aborted: "AbortError",
          many: ["available", "BackupNotFound"],
          watched: ["available"],
          listened: ["protecting", "available"]
        })
        assert.deepStrictEqual(seen, ["token", "SDK-HMAC-SHA256", "token", "token", "token", "token", "token"])
        assert.deepStrictEqual(heard, ["SDK-HMAC-SHA256", undefined, "SDK-HMAC-SHA256", '"first"'])
      }),
    needs("chromium")
  )
})
