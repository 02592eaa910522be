import { ProfileFile, UserDirectories } from "@cbr/client"
import * as Clock from "effect/Clock"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import { constVoid } from "effect/Function"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import * as Stream from "effect/Stream"
import { readCommandLine } from "../args/CommandLine.ts"
import { noConnectionFlags } from "../args/ConnectionFlags.ts"
import { variable } from "../args/Environment.ts"
import { ProcessStart } from "../startup/ProcessStart.ts"
import { resolveSettings } from "./CommandSettings.ts"
import { type ListTarget, listIn, resolveProject } from "./ListTarget.ts"

/** Backups whose resources are offered: the newest. One page, which comes in time. */
const maxListed = 500

/** The time in milliseconds for which kept names serve without another look. */
const freshMillis = 5 * 60_000

/** Milliseconds that a user waits at most, from the start of the process to its end. */
const longestWait = 300

/** Milliseconds of them before the process's own clock starts, and for its end. */
const margin = 40

/** Milliseconds that a step may take at most, and those that it gets where the start has taken all. */
const longestStep = 200
const shortest = { read: 100, look: 40 } as const

/** Milliseconds that a step may take, by how long the process has run: to read the kept names, or to look anew. */
export const timeFor = (step: keyof typeof shortest, elapsed: number): number =>
  Math.min(longestStep, Math.max(shortest[step], longestWait - margin - elapsed))

/**
 * Names of the servers and disks that have backups, for the shell that completes `--resource`.
 *
 * They are kept in the user's cache folder, a file for each project, which only the user can read. Where the service
 * does not answer in time, the kept names serve, however old. It reports no failure, and asks no question.
 *
 * @param words of the command line so far: its connection flags apply
 */
export const resourceNames = Effect.fn("resourceNames")(function* (words: ReadonlyArray<string>) {
  const { value } = readCommandLine(words)
  const profile = value("profile")
  const given = {
    ...noConnectionFlags,
    projectId: Option.fromNullishOr(value("project-id") ?? value("project")),
    region: Option.fromNullishOr(value("region")),
    endpoint: Option.fromNullishOr(value("endpoint"))
  }
  let kept: ReadonlyArray<string> = []
  const started = (yield* ProcessStart) ?? (yield* Clock.currentTimeMillis)
  const inTime =
    (step: keyof typeof shortest) =>
    <A, E, R>(self: Effect.Effect<A, E, R>) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => Effect.timeout(self, timeFor(step, now - started)))
  const project = Effect.gen(function* () {
    const project = yield* resolveProject("cbr completion", yield* resolveSettings(given))
    const read = yield* Effect.option(readNames(project))
    if (Option.isNone(read)) return project
    kept = read.value.names
    return read.value.isFresh ? undefined : project
  })
  const look = Effect.fnUntraced(function* (project: ListTarget) {
    const listed = yield* Stream.runCollect(
      Stream.take(
        listIn(project, {}, { what: "cbr completion", pageSize: maxListed, onIncomplete: () => Effect.void }),
        maxListed
      )
    )
    kept = namesIn(listed.map(({ backup }) => backup.resource_name))
    yield* rememberNames(project, kept)
  })
  const silent = Object.assign(Object.create(yield* Console.Console) as Console.Console, { error: constVoid })
  yield* inTime("read")(project).pipe(
    Effect.flatMap((stale) => (stale === undefined ? Effect.void : inTime("look")(look(stale)))),
    (self) =>
      profile === undefined
        ? self
        : Effect.provideService(self, ProfileFile.NamedProfile, { name: profile, by: "--profile" }),
    Effect.provideService(Console.Console, silent),
    Effect.ignoreCause
  )
  return kept
})

/** Keeps names for the next completion; that a folder takes no file is no failure. */
export const rememberNames = (project: ListTarget, names: Iterable<string | undefined>) =>
  Effect.gen(function* () {
    const files = yield* FileSystem.FileSystem
    const file = yield* fileOf(project)
    const { dirname } = yield* Path.Path
    yield* files.makeDirectory(dirname(file), { recursive: true, mode: 0o700 })
    // Each process has a file of its own until it is whole.
    const part = `${file}.${process.pid}`
    yield* files.writeFileString(part, namesIn(names).join("\n"), { mode: 0o600 })
    yield* files.rename(part, file)
  }).pipe(Effect.ignoreCause)

const readNames = Effect.fnUntraced(function* (project: ListTarget) {
  const files = yield* FileSystem.FileSystem
  const file = yield* fileOf(project)
  const { mtime } = yield* files.stat(file)
  const now = yield* Clock.currentTimeMillis
  const written = Option.match(mtime, { onNone: () => 0, onSome: (at) => at.getTime() })
  return {
    names: namesIn((yield* files.readFileString(file)).split("\n")),
    isFresh: written <= now && now - written < freshMillis
  }
})

/** Each name once; one with a control character could act on a terminal, and is left out. */
const namesIn = (names: Iterable<string | undefined>): ReadonlyArray<string> =>
  [...new Set(names)]
    .filter((name): name is string => name !== undefined && name !== "" && !/[\p{Cc}\p{Cf}\u2028\u2029]/u.test(name))
    .sort()

/** @source XDG Base Directory Specification: a relative `XDG_CACHE_HOME` is ignored */
const fileOf = Effect.fnUntraced(function* ({ url }: ListTarget) {
  const { isAbsolute, join } = yield* Path.Path
  const named = yield* variable("XDG_CACHE_HOME")
  const { home } = yield* UserDirectories
  const cache = named !== undefined && isAbsolute(named) ? named : home === undefined ? undefined : join(home, ".cache")
  return cache === undefined
    ? yield* Effect.fail("no cache folder" as const)
    : join(cache, "cbr", "names", encodeURIComponent(url))
})
