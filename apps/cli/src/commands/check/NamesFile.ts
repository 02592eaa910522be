import { existsSync } from "node:fs"
import * as Effect from "effect/Effect"
import type { Failure } from "../../failures/Failure.ts"
import * as SavedResponseFile from "../../input/SavedResponseFile.ts"

const ofNames: SavedResponseFile.FileKind = { title: ({ saved }) => saved.namesTitle, next: "checkNames" }

/** The names of a file, a line each; empty lines and comments, which begin with `#`, are skipped. */
export const readNames = (
  path: string
): Effect.Effect<ReadonlyArray<string>, Failure, SavedResponseFile.Requirements> =>
  Effect.map(SavedResponseFile.readText(path, SavedResponseFile.notText(path, ofNames), ofNames), (text) =>
    text
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter((line) => line !== "" && !line.startsWith("#"))
  )

/** Resolves a word that is a name, a pattern or a file of them: the names of the file, if the word is a path. */
export const namesOf = (word: string): Effect.Effect<ReadonlyArray<string>, Failure, SavedResponseFile.Requirements> =>
  word.includes("*") || !existsSync(word) ? Effect.succeed([word]) : readNames(word)
