// Writes the man page from the command tree. With --check it writes nothing and fails when the page is out of date.
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Effect from "effect/Effect"
import manifest from "../package.json" with { type: "json" }
import { en } from "../src/messages/en.ts"
import { platform } from "../src/start.ts"
import { helpDocs } from "./HelpDocs.ts"
import { manPage } from "./manPage.ts"

const path = join(import.meta.dirname, "../man/cbr.1")

const generate = Effect.gen(function* () {
  const text = manPage(yield* helpDocs(en), en, manifest.version)
  if (!process.argv.includes("--check")) return writeFileSync(path, text)
  if (existsSync(path) && readFileSync(path, "utf8") === text) return
  console.error("man/cbr.1 is out of date: run `pnpm manual`")
  process.exitCode = 1
})

generate.pipe(Effect.provide(platform), NodeRuntime.runMain)
