import { ListBackupsReader, ShowBackupResponse, type UnreadableFault, unreadableText } from "@cbr/domain"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { Failure } from "../failures/Failure.ts"
import * as SavedResponse from "./SavedResponse.ts"

/**
 * The backups of a saved list, from a file or from standard input for `-`. A list is an answer of ListBackups, or
 * output of `cbr list` or `cbr show` as `json` or `ndjson`. Each comes with its own text, and none is kept.
 */
export const readSavedList = (path: string): Stream.Stream<ShowBackupResponse, Failure, SavedResponse.Requirements> =>
  Stream.suspend(() => {
    const reader = new SavedListReader()
    const read = (step: Result.Result<ReadonlyArray<ShowBackupResponse>, UnreadableFault>) =>
      Effect.fromResult(Result.mapError(step, (fault) => misread(path, fault)))
    return SavedResponse.readBytes(path).pipe(
      Stream.mapEffect((bytes) => read(reader.push(bytes))),
      Stream.concat(Stream.fromEffect(Effect.suspend(() => read(reader.end())))),
      Stream.flatMap((backups) => Stream.fromIterable(backups))
    )
  })

const misread = (path: string, fault: UnreadableFault): Failure =>
  new Failure({
    kind: "MalformedResponse",
    render: (messages) => ({
      title: messages.saved.title,
      what: path === "-" ? messages.saved.standardInput : path,
      why: messages.pick(unreadableText(fault)),
      next: [messages.saved.saveListAgain]
    })
  })

type Step = Result.Result<ReadonlyArray<ShowBackupResponse>, UnreadableFault>

const utf8 = new TextEncoder()

/** What stands at the beginning of a body of ShowBackup or of ListBackups; of an array it is a bracket. */
const object = "{".charCodeAt(0)
const array = "[".charCodeAt(0)
const newline = "\n".charCodeAt(0)

/** The three forms of a saved list, read as the answer of the service that it stands for. */
class SavedListReader {
  readonly #reader = new ListBackupsReader()
  #form: "unknown" | "answer" | "array" | "lines" = "unknown"
  /** What came before the form was known. */
  #start: Uint8Array = new Uint8Array(0)
  /** Whether the last line has ended, and another one begins with the next sign. */
  #isBetween = false

  push(bytes: Uint8Array): Step {
    if (this.#form !== "unknown") return this.#read(bytes)
    this.#start = joined(this.#start, bytes)
    const first = this.#start.find((sign) => sign > 0x20 && sign !== 0xef && sign !== 0xbb && sign !== 0xbf)
    if (first === undefined) return Result.succeed([])
    if (first !== array && first !== object) return this.#begin("answer")
    if (first === array) return this.#begin("array")
    // One line may be the whole of a body: then each line is.
    const end = this.#start.indexOf(newline)
    if (end < 0) return Result.succeed([])
    return this.#begin(isBackup(this.#start.subarray(0, end)) ? "lines" : "answer")
  }

  end(): Step {
    const rest = this.#form === "unknown" ? this.#begin(isBackup(this.#start) ? "lines" : "answer") : Result.succeed([])
    if (Result.isFailure(rest)) return rest
    const last =
      this.#form === "answer" ? Result.succeed([]) : this.#feed(utf8.encode(this.#form === "lines" ? "]}" : "}"))
    if (Result.isFailure(last)) return last
    const page = this.#reader.end()
    return Result.isFailure(page) ? Result.fail(page.failure.fault) : Result.succeed([...rest.success, ...last.success])
  }

  #begin(form: "answer" | "array" | "lines"): Step {
    this.#form = form
    const start = this.#start
    this.#start = new Uint8Array(0)
    if (form === "answer") return this.#read(start)
    const opening = this.#feed(utf8.encode(form === "lines" ? `{"backups":[` : `{"backups":`))
    return Result.isFailure(opening) ? opening : this.#read(start)
  }

  #read(bytes: Uint8Array): Step {
    return this.#feed(this.#form === "lines" ? this.#withCommas(bytes) : bytes)
  }

  /** Lines as the elements of an array: what ends one is a comma, where another follows. */
  #withCommas(bytes: Uint8Array): Uint8Array {
    const parts: Array<number> = []
    for (const sign of bytes) {
      if (sign === newline) this.#isBetween = true
      else if (sign > 0x20) {
        if (this.#isBetween) parts.push(comma)
        this.#isBetween = false
        parts.push(sign)
      } else parts.push(sign)
    }
    return Uint8Array.from(parts)
  }

  #feed(bytes: Uint8Array): Step {
    const read = this.#reader.push(bytes)
    return Result.isFailure(read) ? Result.fail(read.failure.fault) : Result.succeed(read.success.map(unwrapped))
  }
}

const comma = ",".charCodeAt(0)

const joined = (one: Uint8Array, other: Uint8Array): Uint8Array => {
  const both = new Uint8Array(one.length + other.length)
  both.set(one)
  both.set(other, one.length)
  return both
}

/** Whether a line is a whole body of ShowBackup. */
const isBackup = (line: Uint8Array): boolean =>
  Result.isSuccess(ShowBackupResponse.read(new TextDecoder().decode(line).replace(/^\uFEFF/, "")))

const wrapping = `{"backup":`

/** An element that is a body of ShowBackup itself, as what it holds. */
const unwrapped = (response: ShowBackupResponse): ShowBackupResponse => {
  const element = response.raw.slice(wrapping.length, -1)
  return /^\s*\{\s*"backup"\s*:/.test(element)
    ? Result.getOrElse(ShowBackupResponse.read(element), () => response)
    : response
}
