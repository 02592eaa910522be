import { ShowBackupRequest } from "@cbr/domain"
import * as ByteSize from "effect/ByteSize"
import * as Effect from "effect/Effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { type RequestHead, valuesOf } from "../http/RequestHead.ts"
import { LimitsPolicy } from "../policy/LimitsPolicy.ts"
import { ProxyError } from "../problems/ProxyError.ts"

/** Ids are judged item by item, so that a wrong one spoils its own answer alone. */
const Item = Schema.Struct({ project_id: Schema.String, backup_id: Schema.String })

const BatchRequest = Schema.fromJsonString(Schema.Struct({ items: Schema.Array(Item) }))

const decode = Schema.decodeEffect(BatchRequest, { onExcessProperty: "error" })

/** The body of a batch; what is too large by its own account is refused unread. */
export const readBody = Effect.fnUntraced(function* (
  head: RequestHead,
  { batch_bytes }: Pick<LimitsPolicy, "batch_bytes">
): Effect.fn.Return<Uint8Array, ProxyError, HttpServerRequest.HttpServerRequest> {
  const tooLarge = contentTooLarge(`the body has more than ${batch_bytes} bytes`)
  if (Number(valuesOf(head, "content-length")[0] ?? 0) > batch_bytes) return yield* tooLarge
  const { stream } = yield* HttpServerRequest.HttpServerRequest
  return yield* stream.pipe(
    Stream.catchTag("HttpServerError", () => Stream.fail(unreadable)),
    Stream.limitBytes<ProxyError, never>(ByteSize.bytes(batch_bytes), () => Stream.fail(tooLarge)),
    Stream.mkUint8Array
  )
})

/**
 * The backups that a batch asks for: `{"items": [{"project_id", "backup_id"}, …]}`,
 * as JSON.
 *
 * @param body where it has been read already: a signature covers it
 */
export const readBatch = Effect.fnUntraced(function* (
  head: RequestHead,
  body: Uint8Array | undefined
): Effect.fn.Return<ReadonlyArray<ShowBackupRequest>, ProxyError, HttpServerRequest.HttpServerRequest> {
  const limits = yield* LimitsPolicy
  if (!/^application\/json(?:[ \t]*;.*)?$/i.test(valuesOf(head, "content-type").join(","))) return yield* notJson
  const text = new TextDecoder().decode(body ?? (yield* readBody(head, limits)))
  const { items } = yield* Effect.catchTag(decode(text), "SchemaError", () => Effect.fail(unreadable))
  if (items.length > limits.batch_items)
    return yield* contentTooLarge(`the batch has more than ${limits.batch_items} items`)
  return items
})

const notJson = new ProxyError({ reason: "UnsupportedMediaType", message: "the body is not application/json" })

/** Node would take the rest of an unread body for the next request, so the connection ends. */
const contentTooLarge = (message: string) =>
  new ProxyError({ reason: "ContentTooLarge", message, headers: { connection: "close" } })

const unreadable = new ProxyError({
  reason: "BadRequest",
  message: 'the body is not {"items": [{"project_id": "…", "backup_id": "…"}]}'
})
