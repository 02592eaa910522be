import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { version as releasedVersion } from "../Manifests.ts"

const dist = join(import.meta.dirname, "../dist")
const work = mkdtempSync(join(tmpdir(), "cbr-registry-"))

let registry = ""
let verdaccio: ChildProcess | undefined

const npm = (words: ReadonlyArray<string>, env: NodeJS.ProcessEnv = {}) => {
  const { status, stderr, stdout } = spawnSync("npm", words, {
    encoding: "utf8",
    env: { ...process.env, ...env },
    cwd: work
  })
  assert.strictEqual(status, 0, `npm ${words.join(" ")}: ${stdout}${stderr}`)
  return stdout.trim()
}

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address()
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0))
    })
  })

/** A registry of this test's own, which hands on to the machine's for what is not ours. */
beforeAll(async () => {
  // 6.8.0 is a release that runs on this repository's Node; its own choice of node-fetch is not one that can be had.
  writeFileSync(
    join(work, "package.json"),
    JSON.stringify({ private: true, dependencies: { verdaccio: "6.8.0" }, overrides: { "node-fetch": "2.7.0" } })
  )
  npm(["install", "--no-audit", "--no-fund"])
  const upstream = npm(["config", "get", "registry"])
  const everything = { access: "$all", publish: "$all" }
  const port = await freePort()
  registry = `http://127.0.0.1:${port}/`
  writeFileSync(
    join(work, "config.yaml"),
    JSON.stringify({
      storage: join(work, "storage"),
      auth: { htpasswd: { file: join(work, "htpasswd") } },
      uplinks: { upstream: { url: upstream } },
      packages: { "@cbr/*": everything, "**": { access: "$all", proxy: "upstream" } },
      log: { type: "stdout", format: "json", level: "error" }
    })
  )
  verdaccio = spawn(
    join(work, "node_modules/.bin/verdaccio"),
    ["-c", join(work, "config.yaml"), "-l", `127.0.0.1:${port}`],
    {
      stdio: "ignore"
    }
  )
  for (let trial = 0; trial < 100; trial++) {
    if (
      await fetch(`${registry}-/ping`).then(
        ({ ok }) => ok,
        () => false
      )
    )
      return
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  throw new Error("the registry did not start")
})

afterAll(() => {
  verdaccio?.kill()
  rmSync(work, { recursive: true, force: true })
})

describe("what is published", () => {
  it("each tarball is published, and cbr is installed and run as a user would", () => {
    const token = `//${new URL(registry).host}/:_authToken=none`
    writeFileSync(join(work, "npmrc"), `${token}\nregistry=${registry}\n`)
    const env = { NPM_CONFIG_USERCONFIG: join(work, "npmrc"), HOME: work }
    const tarballs = readdirSync(dist).filter((name) => name.endsWith(".tgz"))
    assert.lengthOf(tarballs, 4)
    for (const tarball of tarballs) npm(["publish", join(dist, tarball), "--access", "public"], env)

    const prefix = join(work, "global")
    mkdirSync(prefix)
    npm(["install", "-g", "--prefix", prefix, "@cbr/cli", "@cbr/proxy"], env)
    for (const program of ["cbr", "cbr-proxy"]) {
      const { stdout } = spawnSync(join(prefix, "bin", program), ["--version"], { encoding: "utf8" })
      assert.include(stdout, releasedVersion(), program)
    }

    const project = join(work, "project")
    mkdirSync(project)
    writeFileSync(join(project, "package.json"), `{"private":true,"type":"module"}`)
    npm(
      ["install", "--prefix", project, "--no-audit", "@cbr/client", "effect@4.1.0", "@effect/platform-node@4.1.0"],
      env
    )
    writeFileSync(
      join(project, "a.js"),
      `import { BackupClient } from "@cbr/client"\nimport { createBackupClient } from "@cbr/client/promise"\nconsole.log(typeof BackupClient.layer, typeof createBackupClient)`
    )
    const { stderr, stdout } = spawnSync(process.execPath, ["a.js"], { cwd: project, encoding: "utf8" })
    assert.strictEqual(stdout.trim(), "object function", stderr)

    // It reads the folder's own file, and no variable of npm's.
    writeFileSync(join(project, ".npmrc"), `registry=${registry}\n`)
    const dlx = spawnSync("npx", ["--yes", "pnpm@12.21.0", "dlx", "@cbr/cli", "--version"], {
      cwd: project,
      encoding: "utf8",
      env: { ...process.env, ...env, XDG_CACHE_HOME: join(work, "cache") }
    })
    assert.include(dlx.stdout, releasedVersion(), dlx.stderr)
  })
})
