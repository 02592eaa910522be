import * as Command from "effect/cli/Command"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import manifest from "../../../package.json" with { type: "json" }
import { withHelp } from "../../args/CommandHelp.ts"
import type { Messages } from "../../messages/Messages.ts"
import { newerVersion } from "./NewerVersion.ts"
import { texts } from "./texts.ts"

/** The commit that the bundle was built of; the build puts it here. */
declare const builtCommit: string | undefined

/** `cbr version`: the version, the commit and the runtime, for a report. */
export const version = (messages: Messages) =>
  Command.make(
    "version",
    {},
    Effect.fn("version")(function* () {
      const { bun, deno, node } = process.versions
      const runtime = bun === undefined ? (deno === undefined ? `node ${node}` : `deno ${deno}`) : `bun ${bun}`
      const commit = typeof builtCommit === "undefined" ? undefined : builtCommit
      const { fromSource, newer, ofCommit } = messages.pick(texts)
      yield* Console.log(`cbr ${manifest.version}, ${commit === undefined ? fromSource : ofCommit(commit)}, ${runtime}`)
      const found = yield* newerVersion(manifest.version)
      if (found !== undefined) yield* Console.error(newer(found))
    })
  ).pipe(withHelp(messages.pick(texts)))
