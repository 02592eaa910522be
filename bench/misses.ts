import * as Effect from "effect/Effect"
import { type Load, rounds } from "./Load.ts"
import { lacking, type Served } from "./Machine.ts"
import { cloud, key, nginx, peer, program, projects, proxy } from "./Proxies.ts"
import { type Row, rowOf } from "./Row.ts"

const connections = 32
const seconds = 2
const count = 5

/**
 * What the proxy passes on, each request for another backup, against what
 * passes it on and does nothing else.
 */
export const misses = (body: string) =>
  Effect.gen(function* () {
    const { url: origin } = yield* cloud(body)
    const load = (server: Served): Load => ({
      server,
      path: "",
      script: program("randomBackup.lua"),
      args: [key, String(projects)],
      connections,
      seconds
    })
    const hasNginx = lacking("nginx") === undefined
    const contenders = {
      project: load(yield* proxy({ cloud: origin })),
      "bare node:http + undici": load(yield* peer("bareRelay.js", origin, key)),
      "@fastify/http-proxy": load(yield* peer("fastifyProxy.js", origin, key)),
      ...(hasNginx ? { "nginx proxy_pass": load(yield* nginx(origin, false)) } : {})
    }
    const goals = { "bare node:http + undici": 0.7, "@fastify/http-proxy": 1 }
    const figures = yield* rounds(contenders, count)
    return [rowOf({ what: "miss", unit: "/s", better: "more" }, "project", figures, goals)] satisfies ReadonlyArray<Row>
  }).pipe(Effect.scoped)
