import { execFileSync } from "node:child_process"
import { fstatSync, readFileSync } from "node:fs"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

/** What a view does when it leaves the terminal to a shell, and when it has it again. */
export interface Terminal {
  readonly left: () => void
  readonly entered: () => void
}

/** Standard output, as the operating system numbers it. */
const stdout = 1

/** What the terminal sends for a key while the program reads each by itself. */
const keys = { interrupt: "\u0003", quit: "\u001c", suspend: "\u001a" }

/** A key that is sent as several characters, such as an arrow. */
// oxlint-disable-next-line no-control-regex -- it is what a terminal sends
const longKey = /\u001b(?:\[[0-?]*[ -/]*[@-~]|O?.?)/g

const hasSignals = process.platform !== "win32"

/**
 * Takes the keys of the terminal until the scope closes: none is shown, and
 * the effect that is given back ends at `q`. Ctrl-C, Ctrl-\ and Ctrl-Z mean to
 * all programs in front what they usually mean. Where the program is stopped,
 * it leaves the terminal as it found it, and takes it again when it goes on in
 * front; on every other way out the scope, or the end of the program, leaves it.
 *
 * A program that is not in front takes no keys, nor does one that prints into
 * a pipe: what reads that, such as a pager, may take them itself.
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
    // By the signal's own action, which the system leaves out where no shell is there to continue the program.
    process.off("SIGTSTP", stop).kill(process.pid, "SIGTSTP")
    process.on("SIGTSTP", stop)
    goOn()
  }
  const goOn = (): void => {
    if (isEntered) return
    enter()
    if (isEntered) terminal.entered()
  }

  // A shell brings to the front again without a word what has gone on behind.
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

/** Whether a view takes keys at all. */
export const takesKeys = (): boolean => process.stdin.isTTY && !fstatSync(stdout).isFIFO()

/** To all that is in front, as the terminal itself would. */
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
 * Whether the terminal belongs to this program and those that it was started
 * with: a shell that runs it behind would be disturbed, and would stop it.
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

/** The group of processes of this one, and that in front of its terminal: fields 5 and 8. */
const ofProcFile = (): ReadonlyArray<string | undefined> => {
  // The name before may have blanks and parentheses in it.
  const [, , group, , , front] = readFileSync("/proc/self/stat", "utf8").replace(/^.*\)/s, "").trim().split(" ")
  return [group, front]
}

const ofPs = (): ReadonlyArray<string | undefined> =>
  execFileSync("ps", ["-o", "pgid=,tpgid=", "-p", String(process.pid)], { encoding: "utf8" })
    .trim()
    .split(/\s+/)
