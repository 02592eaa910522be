import { fileURLToPath } from "node:url"
/**
 * One backup, three ways: through the library, the command line and the proxy,
 * against a simulated cloud on this machine; then one failure.
 */
import { BackupClient, Credentials, Endpoint } from "@cbr/client"
import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as ChildProcess from "effect/process/ChildProcess"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"

const SimulatorReady = Schema.fromJsonString(
  Schema.Struct({
    cbr: Schema.String,
    ak: Schema.String,
    sk: Schema.String,
    project_id: Schema.String,
    backups: Schema.Struct({ tree: Schema.String, available: Schema.String })
  })
)

const ProxyReady = Schema.fromJsonString(Schema.Struct({ url: Schema.String, key: Schema.String }))

const program = Effect.gen(function* () {
  yield* heading("A simulated cloud, and a proxy that holds its credentials")
  const cloud = yield* started(["packages/simulator/src/main.ts", "--port", "0"], {}, SimulatorReady)
  const cloudEnvironment = {
    CBR_ENDPOINT: cloud.cbr,
    HUAWEICLOUD_SDK_AK: cloud.ak,
    HUAWEICLOUD_SDK_SK: cloud.sk,
    HUAWEICLOUD_SDK_PROJECT_ID: cloud.project_id
  }
  const proxy = yield* started(["apps/proxy/src/main.ts", "--port", "0"], cloudEnvironment, ProxyReady)
  yield* Console.log(`cloud  ${cloud.cbr}\nproxy  ${proxy.url}`)

  const request = { project_id: cloud.project_id, backup_id: cloud.backups.tree }

  yield* heading("Library: showBackup of BackupClient")
  const { backup, request_id } = yield* BackupClient.use((client) => client.showBackup(request)).pipe(
    Effect.provide(
      BackupClient.layer.pipe(
        Layer.provide([
          Endpoint.layer({ endpoint: cloud.cbr }),
          Credentials.accessKey({ ak: cloud.ak, sk: Redacted.make(cloud.sk) }),
          NodeCrypto.layerMac,
          NodeCrypto.layerDigest
        ])
      )
    )
  )
  yield* Console.log(
    `${backup.name} is ${backup.status}, with ${backup.children?.length ?? 0} children (request ${request_id})`
  )

  yield* heading(`Command line: cbr show ${request.backup_id}`)
  const shown = yield* cbr(["show", request.backup_id, "-o", "table"], cloudEnvironment)
  yield* Console.log(shown.output)

  yield* heading("Proxy: the same call, with the proxy's key instead of the cloud's")
  const relayed = yield* HttpClient.get(`${proxy.url}/v3/${request.project_id}/backups/${request.backup_id}`, {
    headers: { authorization: `Bearer ${proxy.key}` }
  })
  const bytes = (yield* relayed.text).length
  yield* Console.log(`GET ${new URL(proxy.url).origin}/v3/…/backups/${request.backup_id}`)
  yield* Console.log(`${relayed.status} ${relayed.headers["content-type"]}, ${bytes} bytes`)

  yield* heading("All three are one answer: cbr show -o json, from the cloud and through the proxy")
  const direct = yield* cbr(["show", request.backup_id, "-o", "json"], cloudEnvironment)
  const through = yield* cbr(["show", request.backup_id, "-o", "json"], {
    CBR_ENDPOINT: proxy.url,
    CBR_TOKEN: proxy.key,
    CBR_PROJECT_ID: cloud.project_id
  })
  const same = direct.output === through.output
  yield* Console.log(same ? `equal to the byte, ${direct.output.length} characters` : "they differ")

  yield* heading("And a failure: a backup that does not exist")
  const failed = yield* cbr(["show", "00000000-0000-4000-8000-000000000000"], cloudEnvironment)
  yield* Console.log(`${failed.errors}(exit code ${failed.exitCode})`)

  const isGood = shown.exitCode === 0 && relayed.status === 200 && same && failed.exitCode === 5
  if (!isGood) return yield* Effect.die("the demo did not show what it should")
})

/** The servers' logs, which the demo prints only if it fails. */
const logged: Array<string> = []

/** Starts a server of this repository and waits for the JSON line that it prints when it is ready. */
const started = <A>(
  script: ReadonlyArray<string>,
  environment: Record<string, string>,
  Ready: Schema.Codec<A, string>
) =>
  ChildProcess.make("node", script, { cwd: root, env: { ...bare, ...environment } }).pipe(
    Effect.tap(({ stderr }) =>
      Effect.forkScoped(Stream.runForEach(Stream.decodeText(stderr), (text) => Effect.sync(() => logged.push(text))))
    ),
    Effect.flatMap((handle) => handle.stdout.pipe(Stream.decodeText(), Stream.splitLines, Stream.runHead)),
    Effect.flatMap(Effect.fromOption),
    Effect.flatMap(Schema.decodeUnknownEffect(Ready)),
    Effect.timeout("20 seconds")
  )

const cbr = Effect.fnUntraced(function* (words: ReadonlyArray<string>, environment: Record<string, string>) {
  const handle = yield* ChildProcess.make("node", ["apps/cli/src/main.ts", ...words], {
    cwd: root,
    env: { ...bare, ...environment }
  })
  const [output, errors, exitCode] = yield* Effect.all(
    [
      Stream.mkString(Stream.decodeText(handle.stdout)),
      Stream.mkString(Stream.decodeText(handle.stderr)),
      handle.exitCode
    ],
    { concurrency: "unbounded" }
  )
  return { output, errors, exitCode: Number(exitCode) }
}, Effect.scoped)

const heading = (text: string) => Console.log(`\n── ${text}`)

/** No setting of the caller's own environment may change what the demo shows. */
const bare = { PATH: process.env["PATH"] ?? "", SystemRoot: process.env["SystemRoot"] ?? "" }

const root = fileURLToPath(new URL("..", import.meta.url))

program.pipe(
  Effect.tapCause(() => Console.error(logged.join(""))),
  Effect.scoped,
  Effect.provide(Layer.mergeAll(NodeServices.layer, NodeHttpClient.layerUndici)),
  NodeRuntime.runMain
)
