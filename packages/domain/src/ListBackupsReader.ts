import * as Result from "effect/Result"
import { nestsDeeperThan } from "./JsonText.ts"
import { decodePage, type ListBackupsPage, notJson } from "./ListBackupsPage.ts"
import { maxLength, maxNesting, ShowBackupResponse } from "./ShowBackupResponse.ts"
import { UnreadableResponse } from "./UnreadableResponse.ts"

/**
 * Reads a body of ListBackups as it comes, piece by piece: a backup is there
 * with its last byte, and its bytes are not kept.
 *
 * A backup is what ShowBackup would answer: typed, with its own text as it came
 * within `{"backup":…}`. An element that is no object keeps its place as a
 * backup without fields. The body must be JSON and an
 * object with an array `backups`; it may have more.
 *
 * @example
 * ```ts
 * const reader = new ListBackupsReader()
 * for (const bytes of body) for (const { backup } of Result.getOrThrow(reader.push(bytes))) console.log(backup.id)
 * Result.getOrThrow(reader.end()).received
 * ```
 * @source GET /v3/{project_id}/backups, response body
 * @category Requests and responses
 * @since 0.2.0
 */
export class ListBackupsReader {
  /** The service's id of the call, which each backup gets. */
  readonly #request_id: string | undefined
  /** Made with the first bytes: it costs more than the rest of a reader, and not each reader gets any. */
  #decoder: InstanceType<typeof TextDecoder> | undefined
  /** The body outside its backups; each backup is a 0. */
  #envelope = ""
  /** Nesting at the next character: of the body outside the list, of the element within it. */
  #depth = 0
  #place: Place = Place.Envelope
  #isInString = false
  #isEscaped = false
  /** The last string at the top level, as it is spelt: a key, if a colon follows. */
  #key = ""
  #hasList = false
  #received = 0
  /** The element under way, as far as it came. */
  #element = ""
  /** Whether the braces of this piece have told so far where its elements end: a string may have one without a partner. */
  #isEvenBraced = true
  #failure: UnreadableResponse | undefined

  constructor(options?: { readonly request_id?: string | undefined }) {
    this.#request_id = options?.request_id
  }

  /** Reads one more piece of the body: the backups that end in it. After a failure every call fails with the same. */
  push(bytes: Uint8Array): Result.Result<ReadonlyArray<ShowBackupResponse>, UnreadableResponse> {
    const backups: Array<ShowBackupResponse> = []
    if (this.#failure === undefined) this.#read(this.#decoded(bytes), backups)
    return this.#failure === undefined ? Result.succeed(backups) : Result.fail(this.#failure)
  }

  /** The end of the body. */
  end(): Result.Result<ListBackupsPage, UnreadableResponse> {
    if (this.#failure === undefined) this.#decoded(undefined)
    if (this.#failure !== undefined) return Result.fail(this.#failure)
    return decodePage(this.#envelope, this.#hasList ? this.#received : undefined)
  }

  /** The next characters; without bytes, none may be left. */
  #decoded(bytes: Uint8Array | undefined): string {
    try {
      this.#decoder ??= new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
      return bytes === undefined ? this.#decoder.decode() : this.#decoder.decode(bytes, { stream: true })
    } catch {
      this.#failure = notJson
      return ""
    }
  }

  #read(text: string, backups: Array<ShowBackupResponse>): void {
    let index = 0
    this.#isEvenBraced = true
    while (index < text.length && this.#failure === undefined) {
      if (this.#place === Place.Envelope) index = this.#readEnvelope(text, index)
      else if (this.#place === Place.List) index = this.#readList(text, index, backups)
      else index = this.#readElement(text, index, backups)
    }
  }

  /** Reads outside the list: keeps all, and looks for the array behind the key `backups` of the outermost object. */
  #readEnvelope(text: string, start: number): number {
    let index = start
    while (index < text.length && this.#place === Place.Envelope) {
      const code = text.charCodeAt(index++)
      if (this.#isInString) {
        if (this.#isEscaped) this.#isEscaped = false
        else if (code === backslash) this.#isEscaped = true
        else if (code === quote) this.#isInString = false
        if (this.#isInString && this.#key.length <= listKey.length) this.#key += String.fromCharCode(code)
      } else if (code === quote) {
        this.#isInString = true
        this.#key = ""
      } else if (code === openBrace || code === openBracket) {
        if (++this.#depth > maxNesting) this.#failure = tooDeep
        if (code === openBracket && this.#depth === 2 && this.#key === listKey && !this.#hasList) {
          this.#place = Place.List
          this.#hasList = true
        }
      } else if (code === closeBrace || code === closeBracket) this.#depth--
      else if (code === comma) this.#key = ""
    }
    this.#keep(text.slice(start, index))
    return index
  }

  /** Reads between the elements. */
  #readList(text: string, start: number, backups: Array<ShowBackupResponse>): number {
    for (let index = start; index < text.length; index++) {
      const code = text.charCodeAt(index)
      if (code === space || code === newline || code === carriageReturn || code === tab) continue
      if (code === comma) {
        this.#keep(",")
        continue
      }
      if (code === closeBracket) {
        this.#keep("]")
        this.#depth = 1
        this.#key = ""
        this.#place = Place.Envelope
        return index + 1
      }
      this.#keep("0")
      const end = code === openBrace && this.#isEvenBraced ? this.#takeByBraces(text, index, backups) : undefined
      if (end !== undefined) {
        index = end - 1
        continue
      }
      this.#depth = 0
      this.#place = code === openBrace || code === openBracket ? Place.Container : Place.Scalar
      return index
    }
    return text.length
  }

  #keep(text: string): void {
    this.#envelope += text
    if (this.#envelope.length > maxEnvelope) this.#failure ??= tooLarge
  }

  /**
   * Takes the object at `start` up to the brace that its braces pair off with, and returns where it ends; `undefined`
   * where that is no whole object of the text, which must be read character by character then.
   *
   * To find braces is far faster than to pass over every string. What they enclose is the element if it is JSON: no
   * object in JSON is the beginning of another.
   */
  #takeByBraces(text: string, start: number, backups: Array<ShowBackupResponse>): number | undefined {
    this.#isEvenBraced = false
    let opening = text.indexOf("{", start + 1)
    let closing = text.indexOf("}", start + 1)
    for (let depth = 1; ;) {
      if (closing === -1) return undefined
      if (opening !== -1 && opening < closing) {
        depth++
        opening = text.indexOf("{", opening + 1)
      } else if (--depth === 0) break
      else closing = text.indexOf("}", closing + 1)
    }
    const end = closing + 1
    const element = text.slice(start, end)
    // The body and its list are two levels more.
    if (element.length > 2 * maxNesting && nestsDeeperThan(element, maxNesting - 2)) return undefined
    if (element.length > maxLength || !this.#take(element, backups)) return undefined
    this.#isEvenBraced = true
    return end
  }

  /** Reads the rest of an element, as far as it has come. */
  #readElement(text: string, start: number, backups: Array<ShowBackupResponse>): number {
    const end = this.#place === Place.Container ? this.#endOfContainer(text, start) : this.#endOfScalar(text, start)
    this.#element += text.slice(start, end)
    if (this.#element.length > maxLength) this.#failure ??= tooLarge
    if (this.#place === Place.List && this.#failure === undefined) {
      const element = this.#element
      this.#element = ""
      if (!this.#take(element, backups)) this.#failure = notJson
    }
    return end
  }

  /** Finds the end of an object or array; the end of the text if it goes on. Strings are passed over in one step. */
  #endOfContainer(text: string, start: number): number {
    let depth = this.#depth
    let index = this.#isInString ? this.#endOfString(text, start) : start
    for (; index < text.length; index++) {
      const code = text.charCodeAt(index)
      if (code === quote) {
        index = this.#endOfString(text, index + 1) - 1
      } else if (code === openBrace || code === openBracket) {
        // The body and its list are two levels more.
        if (++depth > maxNesting - 2) {
          this.#failure = tooDeep
          return index
        }
      } else if ((code === closeBrace || code === closeBracket) && --depth === 0) {
        this.#place = Place.List
        return index + 1
      }
    }
    this.#depth = depth
    return text.length
  }

  /** Finds the index behind a string's last quote; the end of the text if it goes on. */
  #endOfString(text: string, start: number): number {
    let index = start
    if (this.#isEscaped) index++
    this.#isEscaped = false
    this.#isInString = true
    for (;;) {
      const end = text.indexOf('"', index)
      const upTo = end === -1 ? text.length : end
      let backslashes = 0
      while (upTo - backslashes > index && text.charCodeAt(upTo - backslashes - 1) === backslash) backslashes++
      const isEscaped = backslashes % 2 === 1
      if (end === -1) {
        this.#isEscaped = isEscaped
        return text.length
      }
      index = end + 1
      if (isEscaped) continue
      this.#isInString = false
      return index
    }
  }

  /** Finds the end of an element that is neither object nor array. */
  #endOfScalar(text: string, start: number): number {
    let index = this.#isInString ? this.#endOfString(text, start) : start
    for (; index < text.length; index++) {
      const code = text.charCodeAt(index)
      if (code === quote) index = this.#endOfString(text, index + 1) - 1
      else if (code === comma || code === closeBracket) {
        this.#place = Place.List
        return index
      }
    }
    return text.length
  }

  /** Takes an element; returns false if it is not JSON. */
  #take(element: string, backups: Array<ShowBackupResponse>): boolean {
    const backup = ShowBackupResponse.ofElement(element, { request_id: this.#request_id })
    if (Result.isFailure(backup)) return false
    this.#received++
    backups.push(backup.success)
    return true
  }
}

/** The context of the next character. */
const Place = { Envelope: 0, List: 1, Container: 2, Scalar: 3 } as const
type Place = (typeof Place)[keyof typeof Place]

const listKey = "backups"

/** Characters of a body outside its backups; real ones have some fifty, and two for each backup. */
const maxEnvelope = 1024 * 1024

const tooDeep = new UnreadableResponse({ fault: { code: "too-deep", limit: maxNesting } })
const tooLarge = new UnreadableResponse({ fault: { code: "list-too-large", beside: maxEnvelope, limit: maxLength } })

const tab = 0x09
const newline = 0x0a
const carriageReturn = 0x0d
const space = 0x20
const quote = 0x22
const comma = 0x2c
const openBracket = 0x5b
const backslash = 0x5c
const closeBracket = 0x5d
const openBrace = 0x7b
const closeBrace = 0x7d
