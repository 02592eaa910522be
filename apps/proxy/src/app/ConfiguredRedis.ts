import { omitUndefined } from "@cbr/domain"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as Schedule from "effect/Schedule"
import type { RedisSecrets } from "../configuration/ConfigurationSecrets.ts"
import type { RedisSection } from "../configuration/RedisSection.ts"
import type { RedisAddress, RedisNode, RedisPlace } from "../store/RedisAddress.ts"
import * as RedisStore from "../store/RedisStore.ts"
import { Store } from "../store/Store.ts"

/** The Redis of a configuration. */
export const addressOf = (section: RedisSection, { password, sentinelPassword, tls }: RedisSecrets): RedisAddress => {
  const url = section.url === undefined ? undefined : new URL(section.url)
  const username = section.username ?? (url?.username ? decodeURIComponent(url.username) : undefined)
  return {
    place: placeOf(section, sentinelPassword),
    ...omitUndefined({ username }),
    password,
    ...(url?.protocol === "rediss:" || tls !== undefined ? { tls: tls ?? {} } : {})
  }
}

const placeOf = (
  { cluster, sentinel, url }: RedisSection,
  sentinelPassword: RedisSecrets["sentinelPassword"]
): RedisPlace => {
  if (cluster !== undefined) return { _tag: "Cluster", nodes: cluster.nodes.map(nodeOf) }
  if (sentinel !== undefined) {
    const { name, nodes, username } = sentinel
    return { _tag: "Sentinel", name, nodes: nodes.map(nodeOf), username, password: sentinelPassword }
  }
  const { hostname, pathname, port } = new URL(url ?? "redis://127.0.0.1")
  const database = /^\/(\d+)$/.exec(pathname)?.[1]
  return {
    _tag: "Server",
    node: { host: withoutBrackets(hostname), port: port === "" ? 6379 : Number(port) },
    database: database === undefined ? undefined : Number(database)
  }
}

const nodeOf = (text: string): RedisNode => {
  const colon = text.lastIndexOf(":")
  return { host: withoutBrackets(text.slice(0, colon)), port: Number(text.slice(colon + 1)) }
}

const withoutBrackets = (host: string) => host.replace(/^\[(.*)\]$/, "$1")

/** The store that this proxy has in common with other replicas. */
export const layer = (section: RedisSection, secrets: RedisSecrets) =>
  RedisStore.layer({
    ...addressOf(section, secrets),
    prefix: section.prefix,
    sealingKeys: secrets.sealingKeys,
    replicas: section.replicas,
    timeLimit: Duration.millis(section.time_limit_ms)
  })

/** Has every replica refuse a credential; with more patience than requests have. */
export const revoke = (id: string, section: RedisSection, secrets: RedisSecrets) =>
  Effect.flatMap(Store, (store) => store.revoke(id)).pipe(
    Effect.retry(Schedule.spaced("200 millis").pipe(Schedule.upTo({ times: 10 }))),
    Effect.provide(layer({ ...section, time_limit_ms: 1_000 }, secrets)),
    Effect.provideService(Logger.CurrentLoggers, new Set())
  )
