import { hash } from "node:crypto"
import { boardFields } from "@cbr/board/contract"
import * as Effect from "effect/Effect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { type ContentCoding, codingFor, encode } from "../cache/ContentCoding.ts"
import { noneMatchFails } from "../cache/IfNoneMatch.ts"
import { type RequestHead, valuesOf } from "../http/RequestHead.ts"
import { BoardPolicy } from "../policy/BoardPolicy.ts"
import { noSuchResource } from "./RouteTable.ts"

/** A file of the board as it is sent, in each coding that was asked for. */
interface BoardFile {
  readonly type: string
  readonly body: Uint8Array
  readonly tag: string
  readonly encoded: Map<ContentCoding, Uint8Array>
}

/** The built files, which are loaded with the first request: a proxy without visitors of the page does without them. */
const loaded = Effect.tryPromise(() => import("@cbr/board/assets")).pipe(
  Effect.map(
    ({ assets }): ReadonlyMap<string, BoardFile> =>
      new Map(
        Object.entries(assets).map(([name, { text, type }]) => {
          const body = Buffer.from(text)
          return [name, { type, body, tag: hash("sha256", body, "base64url"), encoded: new Map() }]
        })
      )
  ),
  Effect.catch(() =>
    Effect.as(
      Effect.logWarning("the page for people is not built, so /-/board is not served: pnpm --filter @cbr/board build"),
      new Map<string, BoardFile>()
    )
  )
)

/** Answers with the files of the page for people, where the configuration has it served. */
export const boardFiles = Effect.map(Effect.cached(loaded), (loaded) =>
  /** @param name the file's name below the board's path; empty for the page itself */
  Effect.fnUntraced(function* (head: RequestHead, name: string) {
    if (!(yield* BoardPolicy)) return yield* noSuchResource
    const file = (yield* loaded).get(name)
    if (file === undefined) return yield* noSuchResource
    const coding = codingFor(valuesOf(head, "accept-encoding").join(",") || undefined, file.body.length)
    const etag = `"${file.tag}${coding === undefined ? "" : `-${coding}`}"`
    const headers = {
      ...boardFields,
      etag,
      // The files keep their names from one version to the next, so each use asks whether they are still the ones.
      "cache-control": "no-cache",
      vary: "accept-encoding"
    }
    if (noneMatchFails(valuesOf(head, "if-none-match"), etag)) {
      return HttpServerResponse.empty({ status: 304, headers })
    }
    return HttpServerResponse.uint8Array(coding === undefined ? file.body : encodedBody(file, coding), {
      contentType: file.type,
      headers: coding === undefined ? headers : { ...headers, "content-encoding": coding }
    })
  })
)

const encodedBody = ({ body, encoded }: BoardFile, coding: ContentCoding): Uint8Array => {
  const known = encoded.get(coding)
  if (known !== undefined) return known
  const made = encode(body, coding)
  encoded.set(coding, made)
  return made
}
