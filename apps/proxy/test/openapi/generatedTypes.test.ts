import { execFile } from "node:child_process"
import { symlink } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { Simulator } from "@cbr/simulator"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import openapiTS, { astToString } from "openapi-typescript"
import { Listener } from "../../src/server/Server.ts"
import { temporaryFolder, written } from "../TemporaryFolder.ts"
import { get, key, layer as testProxy } from "../TestProxy.ts"

const root = fileURLToPath(new URL("../..", import.meta.url))
const run = promisify(execFile)

/** What a caller in TypeScript writes: a call, and mistakes that the compiler has to see. */
const program = `
import createClient from "openapi-fetch"
import type { paths } from "./proxy.d.ts"

const [baseUrl = "", key = "", project_id = "", backup_id = ""] = process.argv.slice(2)
const { GET } = createClient<paths>({ baseUrl, headers: { "X-Api-Key": key } })
const path = { project_id, backup_id }

const { data, error } = await GET("/v3/{project_id}/backups/{backup_id}", {
  params: { path, header: { "If-None-Match": '"other"' } }
})
if (data === undefined) throw new Error(error.error_msg)
const status: string | null | undefined = data.backup.status
console.log(status, data.backup.description)

// @ts-expect-error -- such a member is not described
data.backup.nosuch
// @ts-expect-error -- null may come where the service has nothing to say
data.backup.description satisfies string | undefined
// @ts-expect-error -- no such path
void (() => GET("/v3/{project_id}/backup/{backup_id}", { params: { path } }))
// @ts-expect-error -- the path needs both
void (() => GET("/v3/{project_id}/backups/{backup_id}", { params: { path: { project_id } } }))
`

const nodeTypes = join(root, "../../node_modules/@types")
const flags = "--noEmit --strict --skipLibCheck --module nodenext --target es2024 --allowImportingTsExtensions".split(
  " "
)

layer(testProxy, { excludeTestServices: true })("types made of the description", (it) => {
  it.effect("compile a call and see its mistakes, and the call is answered", () =>
    Effect.gen(function* () {
      const { backups, project_id } = yield* Simulator
      const { url } = yield* Listener
      const { text } = yield* get("/-/openapi.json", {})
      const types = astToString(yield* Effect.promise(() => openapiTS(text)))
      const folder = yield* temporaryFolder
      yield* Effect.promise(() => symlink(join(root, "node_modules"), join(folder, "node_modules")))
      const { "call.ts": call } = yield* written(folder, {
        "proxy.d.ts": types,
        "call.ts": program,
        "package.json": `{"type":"module"}`
      })
      yield* Effect.promise(() =>
        run("tsc", [...flags, "--typeRoots", nodeTypes, "--types", "node", call], { cwd: folder }).catch(
          ({ stdout }: { readonly stdout: string }) => assert.fail(stdout)
        )
      )
      const { stderr, stdout } = yield* Effect.promise(() =>
        run(process.execPath, [call, url, key, project_id, backups.nulls])
      )
      assert.deepStrictEqual({ stderr, stdout }, { stderr: "", stdout: "available null\n" })
    }).pipe(Effect.scoped)
  )
})
