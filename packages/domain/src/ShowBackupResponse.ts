import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { readBackupResp } from "./BackupDecoder.generated.ts"
import { BackupResp } from "./BackupResp.ts"
import { type Drift, DriftFound } from "./Drift.ts"
import { byteOrderMark, nestsDeeperThan } from "./JsonText.ts"
import * as LenientDecoder from "./LenientDecoder.ts"
import { isObject } from "./StructFields.ts"
import { noteUnreadableFields } from "./UnreadableFields.ts"
import { type UnreadableFault, UnreadableResponse } from "./UnreadableResponse.ts"

/**
 * The longest body that is read, in UTF-16 code units: 16 Mi. Real ones stay below 1 Mi.
 * @category Requests and responses
 * @since 0.1.0
 */
export const maxLength = 16 * 1024 * 1024

/**
 * The deepest nesting of objects and arrays that is read. Real bodies stay below 10.
 * @category Requests and responses
 * @since 0.1.0
 */
export const maxNesting = 1000

const Body = Schema.Struct({ backup: Schema.optionalKey(BackupResp) })

/**
 * The answer of ShowBackup: the typed backup, and the text that it came from.
 *
 * Nothing that came is lost: `raw` has the unknown fields, the nulls, the
 * spelling of numbers and the numbers beyond 2^53 that no typed value can have.
 *
 * @source 表3 响应Body参数
 * @category Requests and responses
 * @since 0.1.0
 */
export class ShowBackupResponse {
  /** The backup: the page's 24 fields, as far as they came with their types. */
  readonly backup: BackupResp
  /** The body as it came. */
  readonly raw: string
  /** The service's id of the call, to quote to its support; `undefined` for a saved body. */
  readonly request_id: string | undefined

  private constructor(source: object, raw: string, request_id: string | undefined) {
    this.backup = readBackupResp(source)
    noteUnreadableFields(this.backup, source)
    this.raw = raw
    this.request_id = request_id
  }

  /**
   * The drift of the answer from the API's page, in the order of the body.
   * Found when asked for, by reading `raw` once more: callers that do not ask
   * do not pay.
   */
  get drift(): ReadonlyArray<Drift> {
    const drift: Array<Drift> = []
    LenientDecoder.decode(Body, parse(this.raw), "", drift)
    return drift
  }

  /**
   * Reads a body forgivingly: only one that is not `{"backup": {…}}`, or is
   * beyond {@link maxLength} or {@link maxNesting}, fails.
   *
   * @example
   * ```ts
   * const response = Result.getOrThrow(ShowBackupResponse.read(text))
   * response.backup.status // "available"
   * ```
   */
  static read(
    raw: string,
    options?: { readonly request_id?: string | undefined }
  ): Result.Result<ShowBackupResponse, UnreadableResponse> {
    const refuse = (fault: UnreadableFault) => Result.fail(new UnreadableResponse({ fault }))
    if (raw.length > maxLength) return refuse({ code: "too-large", characters: raw.length, limit: maxLength })
    // A text shorter than twice the limit has no room to nest deeper.
    if (raw.length > 2 * maxNesting && nestsDeeperThan(raw, maxNesting)) {
      return refuse({ code: "too-deep", limit: maxNesting })
    }
    let body: unknown
    try {
      body = parse(raw)
    } catch {
      return refuse({ code: raw.trim() === "" ? "empty" : "not-json" })
    }
    const backup = isObject(body) && "backup" in body ? body.backup : undefined
    return isObject(backup)
      ? Result.succeed(new ShowBackupResponse(backup, raw, options?.request_id))
      : refuse({ code: "not-a-backup" })
  }

  /**
   * One element of a list, as ShowBackup would answer it: `raw` is `{"backup":…}` around the element's own text.
   * Length and nesting are not checked, and an element that is no object is a backup without fields.
   */
  static ofElement(
    element: string,
    options?: { readonly request_id?: string | undefined }
  ): Result.Result<ShowBackupResponse, UnreadableResponse> {
    let backup: unknown
    try {
      // Alone: within its frame, a text that goes on behind the element could be read as more of the frame.
      backup = JSON.parse(element)
    } catch {
      return Result.fail(new UnreadableResponse({ fault: { code: "not-json" } }))
    }
    const raw = `{"backup":${element}}`
    // Makes one text of the pieces, which holds no longer text in memory that the element was cut out of.
    raw.charCodeAt(0)
    return Result.succeed(new ShowBackupResponse(isObject(backup) ? backup : {}, raw, options?.request_id))
  }

  /** Reads a body as {@link read} does, and fails when there is any drift. */
  static readStrict(
    raw: string,
    options?: { readonly request_id?: string | undefined }
  ): Result.Result<ShowBackupResponse, UnreadableResponse | DriftFound> {
    return Result.flatMap(
      ShowBackupResponse.read(raw, options),
      (response): Result.Result<ShowBackupResponse, DriftFound> => {
        const drift = response.drift
        return drift.length === 0 ? Result.succeed(response) : Result.fail(new DriftFound({ drift }))
      }
    )
  }
}

/** `JSON.parse`, minding the byte order mark that a saved file may start with. */
const parse = (raw: string): unknown => JSON.parse(raw.charCodeAt(0) === byteOrderMark ? raw.slice(1) : raw)
