import { execFileSync, spawnSync } from "node:child_process"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { assert, beforeAll, describe, it } from "vitest"
import { makeProject, type Project } from "../ConsumerProject.ts"

let project: Project

beforeAll(() => {
  project = makeProject()
  mkdirSync(join(project.folder, "src"))
  write("src/promise.ts", promiseProgram)
  write("src/effect.ts", effectProgram)
})

const write = (name: string, text: string) => writeFileSync(join(project.folder, name), text)

const promiseProgram = `
import { BackupNotFound, type BackupResponse, createBackupClient } from "@cbr/client/promise"

export const show = async (id: string): Promise<BackupResponse | undefined> => {
  const client = createBackupClient({ region: "cn-north-4", ak: "a", sk: "s", projectId: "p" })
  try {
    return await client.showBackup(id)
  } catch (error) {
    if (error instanceof BackupNotFound) return undefined
    throw error
  } finally {
    await client.close()
  }
}
`

const effectProgram = `
import { BackupClient, ErrorTable, type ShowBackupError } from "@cbr/client"
import * as Effect from "effect/Effect"

export const status = (project_id: string, backup_id: string): Effect.Effect<string, ShowBackupError, BackupClient> =>
  BackupClient.use((client) => client.showBackup({ project_id, backup_id })).pipe(
    Effect.map(({ backup }) => backup.status ?? "unknown"),
    Effect.catchTag("BackupNotFound", () => Effect.succeed(ErrorTable.BackupNotFound.slug))
  )
`

describe.each(["5.9.3", "6.0.3", "7.0.2"])("TypeScript %s", (version) => {
  beforeAll(() => project.add(`typescript@${version}`, "@types/node@24"))

  it(`TypeScript ${version} finds no fault in programs and in every declaration, without skipLibCheck`, () => {
    write(
      "tsconfig.json",
      JSON.stringify({
        compilerOptions: {
          strict: true,
          skipLibCheck: false,
          noEmit: true,
          target: "es2024",
          lib: ["es2024", "esnext", "dom", "dom.iterable"],
          module: "nodenext",
          exactOptionalPropertyTypes: true,
          types: ["node"]
        },
        include: ["src"]
      })
    )
    const { status, stdout } = spawnSync("node_modules/.bin/tsc", ["-p", "."], {
      cwd: project.folder,
      encoding: "utf8"
    })
    assert.strictEqual(status, 0, stdout.slice(0, 2000))
  })
})

/** Prints the text that an editor shows for a name in the promise program, by TypeScript's own service. */
const comments = `
const { readFileSync } = require("node:fs")
const ts = require("typescript")
const file = require("node:path").resolve("src/promise.ts")
const service = ts.createLanguageService({
  getScriptFileNames: () => [file],
  getScriptVersion: () => "0",
  getScriptSnapshot: (name) => ts.sys.fileExists(name) ? ts.ScriptSnapshot.fromString(ts.sys.readFile(name)) : undefined,
  getCurrentDirectory: () => process.cwd(),
  getCompilationSettings: () => ({ strict: true, module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ESNext }),
  getDefaultLibFileName: ts.getDefaultLibFilePath,
  fileExists: ts.sys.fileExists, readFile: ts.sys.readFile, readDirectory: ts.sys.readDirectory
})
const text = readFileSync(file, "utf8")
const commentOf = (name) =>
  ts.displayPartsToString(service.getQuickInfoAtPosition(file, text.indexOf(name + ": "))?.documentation)
console.log(JSON.stringify(process.argv.slice(2).map((name) => [name, commentOf(name)])))
`

it("an editor shows the comment of each option that says where and as what the client calls", () => {
  project.add("typescript@5.9.3", "@types/node@24")
  const options = ["endpoint", "region", "ak", "sk", "projectId"]
  const given = options.map((name) => `${name}: ""`).join(", ")
  write(
    "src/promise.ts",
    `import { createBackupClient } from "@cbr/client/promise"\ncreateBackupClient({ ${given} })\n`
  )
  write("comments.cjs", comments)
  const shown = JSON.parse(
    execFileSync(process.execPath, ["comments.cjs", ...options], { cwd: project.folder, encoding: "utf8" })
  ) as ReadonlyArray<readonly [string, string]>
  write("src/promise.ts", promiseProgram)
  for (const [name, comment] of shown) assert.isAbove(comment.length, 10, name)
})

/** The command of each bundler, and the maximum bytes of the promise client in its bundle, minified and gzipped. */
const bundlers = [
  {
    name: "esbuild",
    budget: 115_500,
    add: ["esbuild@0.28.2"],
    bundle: () =>
      run(
        "esbuild",
        "src/entry.js",
        "--bundle",
        "--minify",
        "--format=esm",
        "--platform=browser",
        "--outfile=out/esbuild.js"
      )
  },
  {
    name: "rollup",
    budget: 109_500,
    add: ["rollup@4.68.8", "@rollup/plugin-node-resolve@16", "@rollup/plugin-terser@1"],
    bundle: () =>
      run(
        "rollup",
        "src/entry.js",
        "-p",
        "@rollup/plugin-node-resolve={browser:true}",
        "-p",
        "@rollup/plugin-terser",
        "-o",
        "out/rollup.js"
      )
  },
  {
    name: "vite",
    budget: 121_500,
    add: ["vite@8.4.0"],
    bundle: () => {
      write(
        "vite.config.js",
        `export default { build: { lib: { entry: "src/entry.js", formats: ["es"], fileName: () => "vite.js" }, outDir: "out", emptyOutDir: false, minify: true } }`
      )
      run("vite", "build")
    }
  },
  {
    name: "webpack",
    budget: 113_500,
    add: ["webpack@5.113.0", "webpack-cli@7.3.1"],
    bundle: () => {
      write(
        "webpack.config.cjs",
        `module.exports = { mode: "production", entry: "./src/entry.js", experiments: { outputModule: true }, output: { path: __dirname + "/out", filename: "webpack.js", library: { type: "module" } } }`
      )
      run("webpack", "--config", "webpack.config.cjs")
    }
  }
] as const

const run = (program: string, ...words: ReadonlyArray<string>) =>
  execFileSync(join("node_modules/.bin", program), words, { cwd: project.folder, encoding: "utf8", stdio: "pipe" })

describe.each(bundlers)("$name", ({ add, budget, bundle, name }) => {
  beforeAll(() => project.add(...add))

  it(`${name} bundles the promise client within ${budget} bytes gzipped, and the bundle runs`, async () => {
    write("src/entry.js", `export * from "@cbr/client/promise"`)
    bundle()
    const file = join(project.folder, "out", `${name}.js`)
    const size = gzipSync(readFileSync(file), { level: 9 }).length
    console.log(`${name}: ${size} bytes of ${budget}`)
    assert.isAtMost(size, budget)
    const { createBackupClient } = (await import(file)) as { readonly createBackupClient: unknown }
    assert.isFunction(createBackupClient)
  })
})

describe("require and test runners", () => {
  it("Node requires the promise client from CommonJS", () => {
    write("a.cjs", `console.log(typeof require("@cbr/client/promise").createBackupClient)`)
    assert.strictEqual(
      execFileSync(process.execPath, ["a.cjs"], { cwd: project.folder, encoding: "utf8" }).trim(),
      "function"
    )
  })

  it("vitest runs a test that imports the promise client", () => {
    project.add("vitest@5.1.1")
    write(
      "src/a.vitest.test.ts",
      `import { expect, it } from "vitest"\nimport { createBackupClient } from "@cbr/client/promise"\nit("is there", () => expect(createBackupClient).toBeTypeOf("function"))\n`
    )
    run("vitest", "run", "src/a.vitest.test.ts")
  })

  it("jest runs a test that imports the promise client", () => {
    project.add("jest@30.5.2")
    write(
      "src/a.jest.test.js",
      `import { createBackupClient } from "@cbr/client/promise"\ntest("is there", () => expect(typeof createBackupClient).toBe("function"))\n`
    )
    execFileSync(
      process.execPath,
      ["--experimental-vm-modules", "node_modules/jest/bin/jest.js", "src/a.jest.test.js"],
      {
        cwd: project.folder,
        stdio: "pipe"
      }
    )
  })
})
