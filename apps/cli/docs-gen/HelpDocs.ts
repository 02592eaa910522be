import * as CliConfig from "effect/cli/CliConfig"
import * as CliOutput from "effect/cli/CliOutput"
import * as Command from "effect/cli/Command"
import * as GlobalFlag from "effect/cli/GlobalFlag"
import type { HelpDoc } from "effect/cli/HelpDoc"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { commandTree } from "../src/app/cli.ts"
import { FullCommandTree } from "../src/args/FullCommandTree.ts"
import { isSwitch } from "../src/args/isSwitch.ts"
import { Messages } from "../src/messages/Messages.ts"

/** One command as its help has it: name, and what `--help` would say. */
export interface Documented {
  /** Such as `cbr profiles use`. */
  readonly name: string
  readonly doc: HelpDoc
}

/** The help of `cbr` and of every command under it, in the order of the tree. */
export const helpDocs = Effect.fnUntraced(
  function* (messages: Messages) {
    const tree = yield* commandTree(messages)
    const documented: Array<Documented> = []
    const describe = Effect.fnUntraced(function* (path: ReadonlyArray<string>) {
      const seen: Array<HelpDoc> = []
      const presenter = CliOutput.layerPresenter({
        present: (event) => Effect.sync(() => void ("helpDoc" in event && seen.push(event.helpDoc)))
      })
      yield* Command.runWith(tree, { version: "" })([...path, "--help"]).pipe(
        Effect.ignore,
        Effect.provide(Layer.merge(presenter, CliConfig.layer({ builtIns: [GlobalFlag.Help, GlobalFlag.Version] })))
      )
      return seen
    })
    const paths: Array<ReadonlyArray<string>> = [[]]
    for (const path of paths) {
      for (const doc of yield* describe(path)) {
        documented.push({ name: ["cbr", ...path].join(" "), doc })
        paths.push(...(doc.subcommands ?? []).flatMap(({ commands }) => commands.map(({ name }) => [...path, name])))
      }
    }
    return documented
  },
  (effect, messages) =>
    effect.pipe(
      Effect.provideService(Messages, messages),
      Effect.provideService(FullCommandTree, commandTree(messages))
    )
)

/** A row of a list: the words to type, and what they mean. */
export interface Row {
  readonly typed: string
  readonly meaning: string
}

/** The arguments of a command. */
export const argumentRows = ({ args = [] }: HelpDoc): ReadonlyArray<Row> =>
  args.map(({ description, name, variadic }) => ({
    typed: variadic ? `${name}...` : name,
    meaning: Option.getOrElse(description, () => "")
  }))

/** Flags: the command's own, or those of every command. */
export const flagRows = (flags: HelpDoc["flags"] = [], { help: { builtIn } }: Messages): ReadonlyArray<Row> =>
  flags.map(({ aliases, description, name, type }) => ({
    typed: [`--${name}`, ...aliases].join(", ") + (isSwitch(type) ? "" : ` ${type}`),
    meaning: builtIn[name] ?? Option.getOrElse(description, () => "")
  }))
