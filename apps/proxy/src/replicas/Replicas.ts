import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import * as Duration from "effect/Duration"
import * as Layer from "effect/Layer"
import type { RedisSecrets } from "../configuration/ConfigurationFile.ts"
import type { RedisSection } from "../configuration/RedisSection.ts"
import * as RedisAnswers from "./RedisAnswers.ts"
import { RedisLink } from "./RedisLink.ts"

/** What makes a proxy one of several over the same Redis. */
export const layer = ({ prefix, time_limit_ms, url }: RedisSection, { password, sealingKeys }: RedisSecrets) =>
  RedisAnswers.layer(sealingKeys).pipe(
    Layer.provideMerge(RedisLink.layer({ url, password, prefix, timeLimit: Duration.millis(time_limit_ms) })),
    Layer.provide([NodeCrypto.layerAead, NodeCrypto.layerSecureRandom])
  )
