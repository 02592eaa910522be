import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { SdkHmacSha256 } from "@cbr/client/signing"
import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { type Load, loaded, rounds } from "./Load.ts"
import { lacking, type Served } from "./Machine.ts"
import { accessKey, cloud, folder, key, nginx, peer, peerBundle, program, projectOf, proxy } from "./Proxies.ts"
import { median, type Row, rowOf } from "./Row.ts"

const connections = 32
const seconds = 2
const count = 5

/** Fields that each server has of its own. */
const ofServers: ReadonlySet<string> = new Set(["connection", "date", "keep-alive"])

/** A server of Node alone that gives the same answer, to the byte. */
const bareOf = Effect.fnUntraced(function* ({ headers, path, server }: Load) {
  const response = yield* Effect.promise(() =>
    fetch(server.url + path, { headers: { ...headers, "accept-encoding": "identity" } })
  )
  const body = Buffer.from(yield* Effect.promise(() => response.arrayBuffer()))
  const file = join(yield* folder, "answer.json")
  const kept = Object.fromEntries([...response.headers].filter(([name]) => !ofServers.has(name)))
  writeFileSync(file, JSON.stringify({ status: response.status, headers: kept, body: body.toString("base64") }))
  return yield* peer("bareServer.js", file)
})

/**
 * The proxy's answers from its cache, against Node alone with the same
 * bytes, and nginx with a cache of its own.
 */
export const cacheHits = (body: string, backup_id: string) =>
  Effect.gen(function* () {
    const origin = yield* cloud(body)
    const own = yield* proxy({ cloud: origin.url })
    const other = peerBundle === undefined ? undefined : yield* proxy({ cloud: origin.url, bundle: peerBundle })
    const { url } = own
    const path = `/v3/${projectOf(0)}/backups/${backup_id}`
    const withKey = { "x-auth-token": key }
    const load = (server: Served, headers: Load["headers"]): Load => ({ server, path, headers, connections, seconds })

    for (const server of other === undefined ? [own] : [own, other]) {
      yield* Effect.promise(async () => void (await (await fetch(server.url + path, { headers: withKey })).text()))
    }
    const bare = yield* bareOf(load(own, withKey))
    const hasNginx = lacking("nginx") === undefined
    const contenders = {
      project: load(own, withKey),
      "bare node:http": load(bare, withKey),
      ...(other === undefined ? {} : { "the other build": load(other, withKey) }),
      ...(hasNginx ? { "nginx proxy_cache": load(yield* nginx(origin.url, true), withKey) } : {})
    }
    const byKey = yield* rounds(contenders, count)

    const signed = yield* SdkHmacSha256.sign(
      { method: "GET", path, query: "", headers: { host: new URL(url).host } },
      { accessKey, date: yield* DateTime.now }
    ).pipe(Effect.provide([NodeCrypto.layerMac, NodeCrypto.layerDigest]))
    const { host: _, ...withSignature } = signed
    const bySignature = yield* rounds(
      { project: load(own, withSignature), "bare node:http": load(bare, withSignature) },
      count
    )

    const first = yield* Effect.promise(() =>
      fetch(url + path, { headers: { ...withKey, "accept-encoding": "identity" } })
    )
    yield* Effect.promise(() => first.text())
    const withTag = { ...withKey, "if-none-match": first.headers.get("etag") ?? "" }
    const bareEmpty = yield* bareOf(load(own, withTag))
    const unchanged = yield* rounds({ project: load(own, withTag), "bare node:http": load(bareEmpty, withTag) }, 3)

    // Half of what the proxy can, by connections that wait between requests; what it adds is the difference.
    const pause = (1_000 * connections) / (median(byKey.get("project") ?? []) / 2)
    const paced = (of: Load): Load => ({ ...of, script: program("paced.lua"), args: [pause.toFixed(2)], seconds: 3 })
    const added: Array<number> = []
    for (let round = 0; round < 3; round++) {
      const alone = yield* loaded(paced(contenders["bare node:http"]))
      const ours = yield* loaded(paced(contenders.project))
      added.push(ours.p99 - alone.p99)
    }

    const more = { unit: "/s", better: "more" } as const
    return [
      rowOf({ what: "hit, API key", ...more }, "project", byKey, {
        "bare node:http": 0.75,
        "the other build": 0.98
      }),
      rowOf({ what: "hit, SDK signature", ...more }, "project", bySignature, { "bare node:http": 0.68 }),
      rowOf({ what: "hit, 304", ...more }, "project", unchanged, {}),
      { what: "added latency at half load, p99", unit: "ms", better: "less", value: median(added), peers: [], goal: 2 }
    ] satisfies ReadonlyArray<Row>
  }).pipe(Effect.scoped)
