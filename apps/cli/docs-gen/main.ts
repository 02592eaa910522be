// Writes what the command tree says of itself: the reference in two languages, and the man page.
// With --check it writes nothing and fails when one of them is out of date.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join, relative } from "node:path"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Effect from "effect/Effect"
import manifest from "../package.json" with { type: "json" }
import { platform } from "../src/app/start.ts"
import { en } from "../src/messages/en.ts"
import { zh } from "../src/messages/zh.ts"
import { helpDocs } from "./HelpDocs.ts"
import { manPage } from "./manPage.ts"
import { markdown } from "./markdown.ts"

const root = join(import.meta.dirname, "../../..")

const generate = Effect.gen(function* () {
  const english = yield* helpDocs(en)
  const files = {
    "docs/cli.md": markdown(english, en),
    "docs/cli.zh.md": markdown(yield* helpDocs(zh), zh),
    "apps/cli/man/cbr.1": manPage(english, en, manifest.version)
  }
  for (const [name, text] of Object.entries(files)) {
    const path = join(root, name)
    if (existsSync(path) && readFileSync(path, "utf8") === text) continue
    if (process.argv.includes("--check")) {
      console.error(
        `${name} is out of date: run \`pnpm reference\` in ${relative(root, join(import.meta.dirname, ".."))}`
      )
      process.exitCode = 1
    } else {
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, text)
    }
  }
})

generate.pipe(Effect.provide(platform), NodeRuntime.runMain)
