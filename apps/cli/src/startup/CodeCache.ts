import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync
} from "node:fs"
import { dirname, join } from "node:path"
import { Script } from "node:vm"
import { crc32 } from "node:zlib"
import { startupOptimizations } from "./StartupOptimizations.ts"

/** Length of the comment at the head of a file, which identifies its text; a checksum would read the whole file. */
export const nameLength = 20

/**
 * Runs a CommonJS file as the engine left it compiled after an earlier run, and returns its exports. That code has all
 * functions that the earlier run called; Node's own compile cache has only those compiled at load. Its `text`, in
 * ASCII, is a comment that names it, of {@link nameLength} characters, and a function of `exports`, `require`, `module`
 * and `__filename`.
 *
 * The compiled code is kept in `folder` under a name for each `use`, each Node and each text of the file. The first run
 * of a use takes the code of another. The engine runs the code without a check, so a file of another user is ignored. A
 * folder that takes no file is no failure.
 *
 * @example
 * ```ts
 * const folder = join(homedir(), ".cache/cbr/compiled")
 * const { start } = loadCompiled(file, readFileSync(file), folder, "show") as typeof import("../app/start.ts")
 * ```
 * @source https://v8.dev/blog/code-caching-for-devs
 */
export const loadCompiled = (file: string, text: Buffer, folder: string, use: string): unknown => {
  const source = text.toString("latin1")
  const name = `-${process.version}-${process.arch}-${source.slice(2, nameLength - 2)}`
  const path = join(folder, `${use}${name}`)
  const afterFailure = `${path}-failed`
  const whole = startupOptimizations.codeCache ? readCached(path) : undefined
  const cachedData =
    whole ?? (startupOptimizations.codeCache ? (readCached(afterFailure) ?? readOther(folder, name)) : undefined)
  const script = new Script(source, {
    filename: file,
    ...(cachedData === undefined ? {} : { cachedData })
  })
  const isRefused = cachedData === undefined || script.cachedDataRejected === true
  if (startupOptimizations.codeCache && (isRefused || whole === undefined)) {
    process.once("exit", (code) => {
      // A failed command calls less of the program, so its code serves only until a command succeeds.
      if (code === 0) writeCached(script, folder, path)
      else if (isRefused) writeCached(script, folder, afterFailure)
    })
  }
  const module = { exports: {} }
  // Not imported: the module is loaded at its first call, and most command lines make none.
  const require = (id: string) => process.getBuiltinModule("node:module").createRequire(file)(id)
  script.runInThisContext()(module.exports, require, module, file)
  return module.exports
}

/**
 * Reads compiled code; undefined if it is missing, cut short or another user's, because the engine would run it as it
 * is.
 */
const readCached = (path: string): Buffer | undefined => {
  try {
    const bytes = readOwn(path)
    const code = bytes.subarray(0, -4)
    return crc32(code) === bytes.readUInt32LE(code.length) ? code : undefined
  } catch {
    return undefined
  }
}

/** Reads the compiled code of another use: most functions of a first run are in it. */
const readOther = (folder: string, name: string): Buffer | undefined => {
  try {
    const other = readdirSync(folder).find((each) => each.endsWith(name))
    return other === undefined ? undefined : readCached(join(folder, other))
  } catch {
    return undefined
  }
}

/** Reads a file of this user, and no other's. */
const readOwn = (path: string): Buffer => {
  // To open a pipe without this flag would wait for a writer; Windows has none.
  const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  try {
    const owner = process.getuid?.()
    if (owner !== undefined && fstatSync(file).uid !== owner) throw new Error(`${path} is another user's`)
    return readFileSync(file)
  } finally {
    closeSync(file)
  }
}

/** Milliseconds after which the code of other versions is deleted; a version still in use writes its own again. */
const month = 30 * 24 * 60 * 60 * 1000

/**
 * Makes a folder and up to `levels - 1` above it. Node's own recursion never
 * ends in a folder that takes no other, such as `/proc`.
 */
const makeFolder = (folder: string, levels: number): void => {
  if (levels > 1) makeFolder(dirname(folder), levels - 1)
  if (!existsSync(folder)) mkdirSync(folder, { mode: 0o700 })
}

const writeCached = (script: Script, folder: string, path: string): void => {
  try {
    // The engine refuses code that was compiled under other flags, and a batch sets one (`V8Flags.ts`). Not imported:
    // it
    // is seldom used.
    process.getBuiltinModule("node:v8").setFlagsFromString("--no-optimize-for-size")
    const code = script.createCachedData()
    const sum = Buffer.alloc(4)
    sum.writeUInt32LE(crc32(code))
    makeFolder(folder, 3)
    const unfinished = `${path}.${process.pid}`
    writeFileSync(unfinished, Buffer.concat([code, sum]), { mode: 0o600, flag: "wx" })
    renameSync(unfinished, path)
    for (const name of readdirSync(folder)) {
      const other = join(folder, name)
      if (Date.now() - statSync(other).mtimeMs > month) rmSync(other, { force: true })
    }
  } catch {
    // Without a folder to write to, each run compiles anew.
  }
}
