import * as NodeHttpServerRequest from "@effect/platform-node/NodeHttpServerRequest"
import * as Effect from "effect/Effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"

/**
 * The head of a request as it came over the wire: repeated fields stand apart
 * and the target is as it was written. Frameworks merge the one and normalise
 * the other, so every decision about rights looks here.
 */
export interface RequestHead {
  readonly method: string
  /** Path and query of the request target, for example `/v3/p/backups/b?x=1`; or the target itself if it has neither. */
  readonly target: string
  /** The authority in a target of absolute form, for example `cbr.example.org:8080`. */
  readonly authority: string | undefined
  /** `1.0` or `1.1`, or whatever else the request line claimed. */
  readonly version: string
  /** Names in lower case, with their values, in the order of arrival. */
  readonly fields: ReadonlyArray<readonly [name: string, value: string]>
  /** The same object for all requests of one connection. */
  readonly connection: object
}

type Parsed = ReturnType<typeof NodeHttpServerRequest.toIncomingMessage>

/** The head of a request, as Node's parser hands it out. */
export const headOf = ({ httpVersion, method = "", rawHeaders, socket, url = "" }: Parsed): RequestHead => {
  const fields: Array<readonly [string, string]> = []
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    fields.push([rawHeaders[index]!.toLowerCase(), rawHeaders[index + 1]!])
  }
  const absolute = url.startsWith("/") ? null : absoluteForm.exec(url)
  return {
    method,
    target: absolute === null ? url : absolute[2]!,
    authority: absolute?.[1],
    version: httpVersion,
    fields,
    connection: socket
  }
}

/** The head of the request that is being answered. */
export const requestHead: Effect.Effect<RequestHead, never, HttpServerRequest.HttpServerRequest> = Effect.map(
  HttpServerRequest.HttpServerRequest,
  (request) => headOf(NodeHttpServerRequest.toIncomingMessage(request))
)

const absoluteForm = /^https?:\/\/([^/?#]*)(.*)$/i

/** Every value of a field, however often it came. */
export const valuesOf = ({ fields }: RequestHead, name: string): ReadonlyArray<string> => {
  let values: Array<string> | undefined
  for (const field of fields) {
    if (field[0] !== name) continue
    if (values === undefined) values = [field[1]]
    else values.push(field[1])
  }
  return values ?? none
}

const none: ReadonlyArray<string> = []
