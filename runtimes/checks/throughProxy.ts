// Calls an https address by way of a proxy over each transport: `throughProxy.ts ORIGIN PROXY CA-FILE`.
// Prints the outcomes as one line of JSON.
import { BackupClient, Credentials, Endpoint } from "@cbr/client"
import { layerNodeHttp, layerUndici } from "@cbr/client/node"
import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type { Outcome } from "./Check.ts"

const [origin = "", proxy = "", caFile = ""] = process.argv.slice(2)
const settings = { httpsProxy: Redacted.make(proxy), caFile }
const isBun = process.versions["bun"] !== undefined

const outcomeOver = (name: string, transport: ReturnType<typeof layerNodeHttp>): Promise<Outcome> =>
  Effect.runPromise(
    BackupClient.use((client) =>
      client.showBackup({
        project_id: "4229d7a45436489f8c3dc2b1d35d4987",
        backup_id: "6df2b54c-dd62-4059-a07c-1b8f24f2725d"
      })
    ).pipe(
      Effect.provide(
        BackupClient.layer.pipe(
          Layer.provide([
            Endpoint.layer({ endpoint: origin }),
            Credentials.token(Redacted.make("exampleTokenOfTestsOnly")),
            transport,
            NodeCrypto.layerMac,
            NodeCrypto.layerDigest
          ])
        )
      ),
      Effect.match({ onSuccess: () => ({ name }), onFailure: (error) => ({ name, error: error.message }) })
    )
  )

const outcomes = [await outcomeOver("node:http", layerNodeHttp(settings))]
const undici = await outcomeOver("undici", layerUndici(settings))
// Bun has a stand-in for it: the error names the layer to use.
const isTold = isBun && undici.error?.includes("use layerNodeHttp of @cbr/client/node") === true
outcomes.push(isTold ? { name: "undici" } : undici)

console.log(JSON.stringify(outcomes))
process.exit(0)
