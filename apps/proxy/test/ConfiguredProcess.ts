import { createHash } from "node:crypto"
import { once } from "node:events"
import { createServer, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { Effect } from "effect"

const project = "4229d7a45436489f8c3dc2b1d35d4987"

/** Path of a backup that {@link configurationFor} serves. */
export const path = `/v3/${project}/backups/6df2b54c-dd62-4059-a07c-1b8f24f2725d`

/** What the cloud answers for it. */
export const body = '{"backup":{"id":"6df2b54c-dd62-4059-a07c-1b8f24f2725d"}}'

export const sha256 = (text: string) => createHash("sha256").update(text).digest("hex")

/** A cloud that answers by a function. */
export const cloud = (answer: (response: ServerResponse) => void) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.promise(async () => {
        const server = createServer((_, response) => answer(response))
        await once(server.listen(0, "127.0.0.1"), "listening")
        return server
      }),
      (server) =>
        Effect.sync(() => {
          server.close()
          server.closeAllConnections()
        })
    ),
    (server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  )

/** A configuration for a cloud and for a caller with a key. */
export const configurationFor = (endpoint: string, key: string, settings: Readonly<Record<string, unknown>> = {}) =>
  JSON.stringify({
    listen: { port: 0 },
    admin: { port: 0 },
    drain: { serve_seconds: 1, finish_seconds: 10 },
    keys_file: "keys.json",
    callers: { billing: { keys: [{ sha256: sha256(key) }], projects: [project] } },
    credentials: { main: { type: "token", token: "Canary-upstream" } },
    projects: { [project]: { region: "cn-north-4", credentials: ["main"] } },
    regions: { "cn-north-4": { endpoint } },
    ...settings
  })

export const withKey = (key: string) => ({ authorization: `Bearer ${key}` })
