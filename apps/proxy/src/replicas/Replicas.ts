import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Schedule from "effect/Schedule"
import type { RedisSecrets } from "../configuration/ConfigurationSecrets.ts"
import type { RedisSection } from "../configuration/RedisSection.ts"
import * as RedisAnswers from "./RedisAnswers.ts"
import { RedisLink } from "./RedisLink.ts"
import * as RedisTurns from "./RedisTurns.ts"
import * as SharedPermits from "./SharedPermits.ts"
import * as SharedRevocations from "./SharedRevocations.ts"
import * as SharedSignatures from "./SharedSignatures.ts"

const linkLayer = ({ prefix, time_limit_ms, url }: RedisSection, { password }: RedisSecrets) =>
  RedisLink.layer({ url, password, prefix, timeLimit: Duration.millis(time_limit_ms) })

/** What makes a proxy one of several: answers, calls, turns with credentials, quotas, revocations and used signatures in common. */
export const layer = (redis: RedisSection, secrets: RedisSecrets) =>
  Layer.mergeAll(
    RedisAnswers.layer(secrets.sealingKeys),
    RedisTurns.layer(secrets.sealingKeys),
    SharedPermits.layer(redis.replicas),
    SharedRevocations.layer,
    SharedSignatures.layer
  ).pipe(
    Layer.provide([linkLayer(redis, secrets), NodeCrypto.layerAead, NodeCrypto.layerKdf, NodeCrypto.layerSecureRandom])
  )

/** Has every replica refuse the key of this SHA-256, in hex; with more patience than requests have. */
export const revoke = (sha256: string, redis: RedisSection, secrets: RedisSecrets) =>
  SharedRevocations.revoke(sha256).pipe(
    Effect.retry(Schedule.spaced("200 millis").pipe(Schedule.upTo({ times: 10 }))),
    Effect.provide(linkLayer({ ...redis, time_limit_ms: 1_000 }, secrets)),
    Effect.provideService(Logger.CurrentLoggers, new Set())
  )
