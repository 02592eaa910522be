import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync
} from "node:fs"
import { dirname, join } from "node:path"
import { Script } from "node:vm"
import { crc32 } from "node:zlib"

/** Characters of the comment that a file begins with, and that tells its text from any other: a sum would read all of it. */
export const nameLength = 20

/**
 * What a CommonJS file exports, run as the engine left it compiled after an
 * earlier run: with all that was called then, where Node's own compile cache
 * holds what was compiled before anything was called. Its `text`, in ASCII, is
 * a comment that names it, of {@link nameLength} characters, and a function of
 * `exports`, `require`, `module` and `__filename`; it may stand in the memory
 * that it is given.
 *
 * The compiled code is kept in `folder` under a name for each `use`, each Node
 * and each text of the file; it is one's own or it is not read, for it is run
 * without a further look. Not being able to keep it is no failure.
 *
 * @example
 * ```ts
 * const folder = join(homedir(), ".cache/cbr/compiled")
 * const { start } = loadCompiled(file, (memory) => readWhole(file, memory), folder, "show") as typeof import("../app/start.ts")
 * ```
 * @source https://v8.dev/blog/code-caching-for-devs
 */
export const loadCompiled = (file: string, text: (memory: Buffer) => Buffer, folder: string, use: string): unknown => {
  // One piece of memory for the text, which the engine copies, and then for the code: to touch a page for the first
  // time takes longer than to fill it.
  const memory = Buffer.allocUnsafeSlow(2 ** 21)
  const source = text(memory).toString("latin1")
  const path = join(folder, `${use}-${process.version}-${process.arch}-${source.slice(2, nameLength - 2)}`)
  const afterFailure = `${path}-failed`
  const whole = readCached(path, memory)
  const cachedData = whole ?? readCached(afterFailure, memory)
  const script = new Script(source, {
    filename: file,
    ...(cachedData === undefined ? {} : { cachedData })
  })
  const isRefused = cachedData === undefined || script.cachedDataRejected === true
  if (isRefused || whole === undefined) {
    process.once("exit", (code) => {
      // A failure calls less than what goes well: what it compiled serves until there is better.
      if (code === 0) writeCached(script, folder, path)
      else if (isRefused) writeCached(script, folder, afterFailure)
    })
  }
  const module = { exports: {} }
  // Not imported: it is a class, and would be loaded for those who never call it.
  const require = (id: string) => process.getBuiltinModule("node:module").createRequire(file)(id)
  script.runInThisContext()(module.exports, require, module, file)
  return module.exports
}

/** All of a file that is `owner`'s, or anybody's where none is named; in `memory`, as far as it fits there. */
export const readWhole = (path: string, memory: Buffer, owner?: number): Buffer => {
  // To open a pipe without it would be to wait for who writes to that, whosever it is; Windows has none.
  const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  try {
    const { size, uid } = fstatSync(file)
    if (owner !== undefined && uid !== owner) throw new Error(`${path} is another user's`)
    const bytes = size <= memory.length ? memory.subarray(0, size) : Buffer.allocUnsafeSlow(size)
    let length = 0
    while (length < size) {
      const more = readSync(file, bytes, length, size - length, length)
      if (more === 0) throw new Error(`${path} became shorter while it was read`)
      length += more
    }
    return bytes
  } finally {
    closeSync(file)
  }
}

/** The engine takes what it is given for its own: a file of another user's, or one that was cut short, would be run as it is. */
const readCached = (path: string, memory: Buffer): Buffer | undefined => {
  try {
    const bytes = readWhole(path, memory, process.getuid?.())
    const code = bytes.subarray(0, -4)
    return crc32(code) === bytes.readUInt32LE(code.length) ? code : undefined
  } catch {
    return undefined
  }
}

/** Milliseconds after which other versions' code is cleared away; one that is still used is written again. */
const month = 30 * 24 * 60 * 60 * 1000

/**
 * Makes a folder, and so many less one above it. Node's own recursion never
 * ends where a folder takes no other, as `/proc` does not.
 */
const makeFolder = (folder: string, levels: number): void => {
  if (levels > 1) makeFolder(dirname(folder), levels - 1)
  if (!existsSync(folder)) mkdirSync(folder, { mode: 0o700 })
}

const writeCached = (script: Script, folder: string, path: string): void => {
  try {
    // As a batch sets it; the engine refuses code that was compiled under other flags. Not imported: it is seldom used.
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
