import { execFile } from "node:child_process"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { needs } from "../../../debian.ts"
import { Simulator } from "../src/index.ts"
import { running } from "./Caller.ts"

/** Returns the output of a program that has the simulated account in OpenStack's variables and may call loopback alone. */
const run = Effect.fnUntraced(function* (
  command: string,
  words: ReadonlyArray<string>,
  more: Readonly<Record<string, string>> = {}
) {
  const { domain, iam, password, region, user } = yield* Simulator
  const env = {
    PATH: process.env["PATH"],
    HOME: "/nonexistent",
    OS_AUTH_URL: `${iam}/v3`,
    OS_USERNAME: user,
    OS_PASSWORD: Redacted.value(password),
    OS_USER_DOMAIN_NAME: domain,
    OS_PROJECT_NAME: region,
    OS_PROJECT_DOMAIN_NAME: domain,
    OS_REGION_NAME: region,
    OS_IDENTITY_API_VERSION: "3",
    // A call to any other host ends at a port on which nothing listens.
    HTTPS_PROXY: "http://127.0.0.1:9",
    HTTP_PROXY: "http://127.0.0.1:9",
    NO_PROXY: "127.0.0.1",
    ...more
  }
  return yield* Effect.callback<{ readonly code: number; readonly stdout: string; readonly stderr: string }>(
    (resume) => {
      execFile(command, words, { env, timeout: 50_000 }, (error, stdout, stderr) =>
        resume(Effect.succeed({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr }))
      )
    }
  )
})

const said = Effect.fnUntraced(function* (...words: ReadonlyArray<string>) {
  const { code, stderr, stdout } = yield* run("openstack", [...words, "-f", "json"])
  assert.strictEqual(code, 0, stderr)
  assert.notInclude(stderr, "Failed to discover")
  return JSON.parse(stdout) as unknown
})

describe("the openstack command", needs("openstack"), () => {
  it.live("openstack shows a token, the projects and the catalog, all of them the simulator's", () =>
    Effect.gen(function* () {
      const { cbr, iam, project_id, region, requests } = yield* Simulator
      assert.propertyVal(yield* said("token", "issue"), "project_id", project_id)
      assert.deepInclude(yield* said("project", "list"), { ID: project_id, Name: region })
      assert.propertyVal(yield* said("project", "show", region), "id", project_id)
      const catalog = JSON.stringify(yield* said("catalog", "list"))
      for (const address of [`${cbr}/v3/${project_id}`, `${iam}/v3`]) assert.include(catalog, address)
      assert.deepStrictEqual(
        (yield* requests).filter(({ status = 0 }) => status >= 400).map(({ method, path }) => `${method} ${path}`),
        []
      )
    }).pipe(Effect.provide(running()))
  )

  it.live("openstack is refused with a project domain that is not the account's", () =>
    Effect.gen(function* () {
      const { code, stderr } = yield* run("openstack", ["token", "issue"], { OS_PROJECT_DOMAIN_NAME: "other" })
      assert.strictEqual(code, 1)
      assert.include(stderr, "The project or domain of the scope does not exist or is not yours.")
    }).pipe(Effect.provide(running()))
  )
})

const python = (lines: ReadonlyArray<string>) =>
  Effect.map(run("/usr/bin/python3", ["-c", lines.join("\n")]), ({ code, stderr, stdout }) => {
    assert.strictEqual(code, 0, stderr)
    return stdout.trim().split("\n")
  })

const sdk = "/usr/lib/python3/dist-packages/openstack"
const auth = "/usr/lib/python3/dist-packages/keystoneauth1"

describe("OpenStack's libraries for Python", needs(sdk, auth), () => {
  it.live("openstacksdk lists the projects", () =>
    Effect.gen(function* () {
      const { project_id } = yield* Simulator
      const ids = yield* python([
        "import openstack",
        "for project in openstack.connect().identity.projects(): print(project.id)"
      ])
      assert.include(ids, project_id)
    }).pipe(Effect.provide(running()))
  )

  it.live("a session of keystoneauth1 finds CBR in the catalog, and fetches a backup there", () =>
    Effect.gen(function* () {
      const { backups, cbr, project_id } = yield* Simulator
      const [endpoint, status] = yield* python([
        "import os",
        "from keystoneauth1 import session",
        "from keystoneauth1.identity import v3",
        "of = lambda name: os.environ['OS_' + name]",
        "password = v3.Password(auth_url=of('AUTH_URL'), username=of('USERNAME'), password=of('PASSWORD'),",
        "  user_domain_name=of('USER_DOMAIN_NAME'), project_name=of('PROJECT_NAME'), project_domain_name=of('PROJECT_DOMAIN_NAME'))",
        "service = {'service_type': 'CBR', 'region_name': of('REGION_NAME')}",
        "whole = session.Session(auth=password)",
        "print(whole.get_endpoint(**service))",
        `print(whole.get('/backups/${backups.available}', endpoint_filter=service).json()['backup']['status'])`
      ])
      assert.deepStrictEqual([endpoint, status], [`${cbr}/v3/${project_id}`, "available"])
    }).pipe(Effect.provide(running()))
  )
})
