import { execFileSync } from "node:child_process"
import { fstatSync, readFileSync } from "node:fs"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

/** Callbacks of a view: `left` when a shell takes the terminal, `entered` when the view has it back. */
export interface Terminal {
  readonly left: () => void
  readonly entered: () => void
}

/** File descriptor of standard output. */
const stdout = 1

/** The characters of control keys in raw mode. */
const keys = { interrupt: "\u0003", quit: "\u001c", suspend: "\u001a" }

/** A key of several characters, such as an arrow. */
// oxlint-disable-next-line no-control-regex -- a terminal sends it
const longKey = /\u001b(?:\[[0-?]*[ -/]*[@-~]|O?.?)/g

const hasSignals = process.platform !== "win32"

/**
 * Reads the keys of the terminal in raw mode until the scope closes; the returned effect ends at `q`. Ctrl-C, Ctrl-\
 * and Ctrl-Z keep their meaning. The terminal is restored when the program stops, ends or closes the scope, and taken
 * again when it continues in the foreground.
 *
 * A program in the background reads no keys, nor does one whose output is a pipe: a pager there may read them.
 */
export const quitKey = Effect.fnUntraced(function* (
  terminal: Terminal
): Effect.fn.Return<Effect.Effect<void>, never, Scope.Scope> {
  const { stdin } = process
  const quit = Deferred.makeUnsafe<void>()
  let isEntered = false

  const read = (bytes: Buffer): void => {
    const text = bytes.toString().replaceAll(longKey, "")
    if (text.includes(keys.interrupt)) signal("SIGINT")
    else if (text.includes(keys.suspend) && hasSignals) signal("SIGTSTP")
    else if (text.includes(keys.quit) && hasSignals) {
      leave()
      signal("SIGQUIT")
    } else if (/q/i.test(text)) Deferred.doneUnsafe(quit, Effect.void)
  }
  const enter = (): void => {
    if (isEntered || !isInFront()) return
    isEntered = true
    if (!takesKeys()) return
    setRawMode(true)
    stdin.on("data", read).resume()
  }
  const leave = (): void => {
    if (!isEntered) return
    isEntered = false
    if (!takesKeys()) return
    stdin.off("data", read).pause()
    setRawMode(false)
  }
  const stop = (): void => {
    leave()
    terminal.left()
    // The default action of the signal: the system ignores it if no shell could continue the program.
    process.off("SIGTSTP", stop).kill(process.pid, "SIGTSTP")
    process.on("SIGTSTP", stop)
    goOn()
  }
  const goOn = (): void => {
    if (isEntered) return
    enter()
    if (isEntered) terminal.entered()
  }

  // A shell moves a running program to the foreground without a signal.
  yield* Effect.forkScoped(Effect.forever(Effect.andThen(Effect.sleep("1 second"), Effect.sync(goOn))))
  yield* Effect.acquireRelease(
    Effect.sync(() => {
      enter()
      process.once("exit", leave)
      if (hasSignals) process.on("SIGTSTP", stop).on("SIGCONT", goOn)
    }),
    () =>
      Effect.sync(() => {
        leave()
        process.off("exit", leave)
        if (hasSignals) process.off("SIGTSTP", stop).off("SIGCONT", goOn)
      })
  )
  return Deferred.await(quit)
})

/** Whether a view reads keys. */
export const takesKeys = (): boolean => process.stdin.isTTY && !fstatSync(stdout).isFIFO()

/** Signals the foreground processes, as the terminal does. */
const signal = (name: NodeJS.Signals): void => {
  if (hasSignals) process.kill(0, name)
  else process.emit(name, name)
}

const setRawMode = (isRaw: boolean): void => {
  try {
    process.stdin.setRawMode(isRaw)
  } catch {
    // The terminal is gone.
  }
}

/**
 * Whether this program is in the foreground: in the background it would disturb the shell, and be stopped.
 */
export const isInFront = (): boolean => {
  if (!hasSignals) return true
  try {
    const [group, front] = process.platform === "linux" ? ofProcFile() : ofPs()
    return group === front
  } catch {
    return false
  }
}

/** The process group of this program, and the foreground group of its terminal: fields 5 and 8. */
const ofProcFile = (): ReadonlyArray<string | undefined> => {
  // The name before them may have blanks and parentheses.
  const [, , group, , , front] = readFileSync("/proc/self/stat", "utf8").replace(/^.*\)/s, "").trim().split(" ")
  return [group, front]
}

const ofPs = (): ReadonlyArray<string | undefined> =>
  execFileSync("ps", ["-o", "pgid=,tpgid=", "-p", String(process.pid)], { encoding: "utf8" })
    .trim()
    .split(/\s+/)
