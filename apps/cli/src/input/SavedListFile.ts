import type { FailureDetail } from "@cbr/client"
import {
  type ListBackupsPage,
  ListBackupsReader,
  maxLength,
  omitUndefined,
  ShowBackupResponse,
  type UnreadableFault,
  unreadableText
} from "@cbr/domain"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import type { Failure } from "../failures/Failure.ts"
import * as SavedResponseFile from "./SavedResponseFile.ts"

/**
 * The backups of a saved list, from a file or from standard input for `-`. A list is an answer of ListBackups, or
 * output of `cbr list` or `cbr show` as `json` or `ndjson`. Each comes once, with its own text. No more than its id is
 * kept.
 *
 * @param onIncomplete called at the end of a page that by its own numbers is not the whole list, or may not be
 */
export const readSavedList = (
  path: string,
  onIncomplete: (detail: FailureDetail) => Effect.Effect<void>
): Stream.Stream<ShowBackupResponse, Failure, SavedResponseFile.Requirements> =>
  Stream.suspend(() => {
    const reader = new SavedListReader()
    const ids = new Set<string>()
    const isFirst = ({ backup: { id } }: ShowBackupResponse): boolean =>
      id === undefined || ids.size !== ids.add(id.toLowerCase()).size
    const read = (step: Result.Result<ReadonlyArray<ShowBackupResponse>, UnreadableFault>) =>
      Effect.fromResult(Result.mapError(step, (fault) => misread(path, fault)))
    return SavedResponseFile.readBytes(path).pipe(
      Stream.mapEffect((bytes) => read(reader.push(bytes))),
      Stream.concat(
        Stream.fromEffect(Effect.suspend(() => read(reader.end()))).pipe(
          Stream.tap(() => {
            const part = partIn(reader.page)
            return part === undefined ? Effect.void : onIncomplete(part)
          })
        )
      ),
      Stream.flatMap((backups) => Stream.fromIterable(backups.filter(isFirst)))
    )
  })

/**
 * The signs that a page is not the whole list. Its count may be that of the page, so a page as long as its limit is
 * in doubt too, and one with a number that cannot be read.
 */
const partIn = (page: ListBackupsPage | undefined): FailureDetail | undefined => {
  if (page === undefined) return undefined
  const { count, drift, limit, offset, received } = page
  const isFull = limit !== undefined && limit <= received
  const isUnread = drift.some(({ path }) => path === "count" || path === "limit" || path === "offset")
  if ((offset ?? 0) <= 0 && (count ?? 0) <= received && !isFull && !isUnread) return undefined
  return { code: "list-saved-in-part", received, ...omitUndefined({ count, limit, offset }) }
}

const misread = (path: string, fault: UnreadableFault): Failure =>
  SavedResponseFile.fileFailure("MalformedResponse", path, ({ pick }) => pick(unreadableText(fault)), "saveListAgain")

type Step = Result.Result<ReadonlyArray<ShowBackupResponse>, UnreadableFault>

const utf8 = new TextEncoder()

/** The first byte of a body of ShowBackup or of ListBackups; that of an array is a bracket. */
const object = "{".charCodeAt(0)
const array = "[".charCodeAt(0)
const newline = "\n".charCodeAt(0)

/** The three forms of a saved list, read as the answer of the service that it stands for. */
class SavedListReader {
  readonly #reader = new ListBackupsReader()
  #form: "unknown" | "answer" | "array" | "lines" = "unknown"
  /** The bytes before the form is known: a line at most. */
  #start: Array<Uint8Array> = []
  #startLength = 0
  #first: number | undefined
  /** The page of an answer of the service, without its backups, once the answer has ended. */
  page: ListBackupsPage | undefined
  /** Whether the last line has ended, and another one begins with the next sign. */
  #isBetween = false

  push(bytes: Uint8Array): Step {
    if (this.#form !== "unknown") return this.#read(bytes)
    const isBeginning = this.#startLength < beginning
    this.#start.push(bytes)
    this.#startLength += bytes.length
    this.#first ??= bytes.find((sign) => sign > 0x20 && sign !== 0xef && sign !== 0xbb && sign !== 0xbf)
    if (this.#first === undefined) return Result.succeed([])
    if (this.#first !== object) return this.#begin(this.#first === array ? "array" : "answer")
    // One line may be the whole of a body: then each line is.
    if (bytes.includes(newline)) {
      const start = joined(this.#start)
      return this.#begin(isBackup(start.subarray(0, start.indexOf(newline))) ? "lines" : "answer")
    }
    const isAnswer = this.#startLength > longestLine || (isBeginning && beginsAnswer(joined(this.#start)))
    return isAnswer ? this.#begin("answer") : Result.succeed([])
  }

  end(): Step {
    const rest =
      this.#form === "unknown" ? this.#begin(isBackup(joined(this.#start)) ? "lines" : "answer") : Result.succeed([])
    if (Result.isFailure(rest)) return rest
    const last =
      this.#form === "answer" ? Result.succeed([]) : this.#feed(utf8.encode(this.#form === "lines" ? "]}" : "}"))
    if (Result.isFailure(last)) return last
    const page = this.#reader.end()
    if (Result.isFailure(page)) return Result.fail(page.failure.fault)
    if (this.#form === "answer") this.page = page.success
    return Result.succeed([...rest.success, ...last.success])
  }

  #begin(form: "answer" | "array" | "lines"): Step {
    this.#form = form
    const start = joined(this.#start)
    this.#start = []
    if (form === "answer") return this.#read(start)
    const opening = this.#feed(utf8.encode(form === "lines" ? `{"backups":[` : `{"backups":`))
    return Result.isFailure(opening) ? opening : this.#read(start)
  }

  #read(bytes: Uint8Array): Step {
    return this.#feed(this.#form === "lines" ? this.#withCommas(bytes) : bytes)
  }

  /** Joins lines as the elements of an array: a comma ends each that another line follows. */
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

const joined = (pieces: ReadonlyArray<Uint8Array>): Uint8Array => {
  const whole = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}

/** Bytes within which the first key of a body stands, or it is not looked for. */
const beginning = 256

/** Bytes of the longest line that can be a body of ShowBackup. */
const longestLine = 3 * maxLength

/** Whether a body begins with a key of the list: then it is no ShowBackup, of however many lines. */
const beginsAnswer = (start: Uint8Array): boolean =>
  /^\uFEFF?\s*\{\s*"(?:backups|count|limit|offset)"/.test(new TextDecoder().decode(start.subarray(0, 2 * beginning)))

/** Whether a line is a whole body of ShowBackup. */
const isBackup = (line: Uint8Array): boolean =>
  Result.isSuccess(ShowBackupResponse.read(new TextDecoder().decode(line).replace(/^\uFEFF/, "")))

const wrapping = `{"backup":`

/** Unwraps an element that is a body of ShowBackup itself. */
const unwrapped = (response: ShowBackupResponse): ShowBackupResponse => {
  const element = response.raw.slice(wrapping.length, -1)
  return /^\s*\{\s*"backup"\s*:/.test(element)
    ? Result.getOrElse(ShowBackupResponse.read(element), () => response)
    : response
}
