#!/usr/bin/env node
import { Environment } from "@cbr/client"
import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { run } from "./cli.ts"

const platform = Layer.mergeAll(
  NodeServices.layer,
  NodeHttpClient.layerNodeHttp,
  NodeCrypto.layerMac,
  NodeCrypto.layerDigest,
  Environment.layer
)

run(process.argv.slice(2)).pipe(
  Effect.map((exitCode) => {
    // Set, not exited with: what is still on its way to a pipe arrives.
    process.exitCode = exitCode
  }),
  Effect.provide(platform),
  NodeRuntime.runMain({ disableErrorReporting: true })
)
