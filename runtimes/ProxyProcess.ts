import { spawn } from "node:child_process"
import { once } from "node:events"
import { connect } from "node:net"
import { join } from "node:path"
import { text } from "node:stream/consumers"
import { setTimeout as sleep } from "node:timers/promises"
import type { Cloud } from "./checks/Check.ts"

/** The built `cbr-proxy`. */
export const proxyMain = join(import.meta.dirname, "../apps/proxy/dist/main.js")

/** The answers of a proxy, and its end. */
export interface ProxyRun {
  /** The status of each answer, and the first word of its `Cache-Status`. */
  readonly answers: ReadonlyArray<string>
  /** The first line of the answer to a request that was half sent when the proxy was told to end. */
  readonly halfSent: string
  readonly code: number | null
}

const key = "exampleKeyOfTestsOnly00000000000000000001"

/** Has a proxy on a runtime fetch a backup, answer it again, and end by SIGTERM while it is being asked. */
export const runProxy = async (
  program: string,
  words: ReadonlyArray<string>,
  { ak, backups, endpoint, projectId, sk }: Cloud,
  home: string
): Promise<ProxyRun> => {
  const child = spawn(program, [...words, proxyMain, "--port", "0", "--key", key], {
    env: {
      PATH: process.env["PATH"],
      HOME: home,
      CBR_ENDPOINT: endpoint,
      HUAWEICLOUD_SDK_PROJECT_ID: projectId,
      HUAWEICLOUD_SDK_AK: ak,
      HUAWEICLOUD_SDK_SK: sk
    },
    stdio: ["ignore", "pipe", "pipe"]
  })
  const ended = once(child, "exit")
  const log = text(child.stderr)
  try {
    const ready = await Promise.race([once(child.stdout.setEncoding("utf8"), "data"), ended.then(() => undefined)])
    if (ready === undefined) throw new Error(await log)
    const { url } = JSON.parse(String(ready[0])) as { readonly url: string }
    const path = `/v3/${projectId}/backups/${backups["available"] ?? ""}`
    const ask = async () => {
      const response = await fetch(url + path, { headers: { "x-auth-token": key } })
      await response.arrayBuffer()
      return `${response.status} ${/; (?:fwd=)?([\w-]+)/.exec(response.headers.get("cache-status") ?? "")?.[1] ?? ""}`
    }
    const answers = [await ask(), await ask()]
    const { host, hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname)
    await once(socket, "connect")
    socket.write(`GET ${path} HTTP/1.1\r\nhost: ${host}\r\n`)
    await sleep(300)
    child.kill("SIGTERM")
    await sleep(300)
    socket.write(`x-auth-token: ${key}\r\n\r\n`)
    const [halfSent = ""] = (await text(socket)).split("\r\n")
    const [code] = (await ended) as [number | null]
    return { answers, halfSent, code }
  } finally {
    child.kill("SIGKILL")
  }
}
