import { ShowBackupRequest } from "@cbr/domain"
import * as ByteSize from "effect/ByteSize"
import * as Effect from "effect/Effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { Refusal } from "../edge/Refusal.ts"
import { type RequestHead, valuesOf } from "../edge/RequestHead.ts"
import { BatchLimits } from "./BatchLimits.ts"

/** Ids are judged item by item, so that a wrong one spoils its own answer alone. */
const Item = Schema.Struct({ project_id: Schema.String, backup_id: Schema.String })

const BatchRequest = Schema.fromJsonString(Schema.Struct({ items: Schema.Array(Item) }))

const decode = Schema.decodeEffect(BatchRequest, { onExcessProperty: "error" })

/**
 * The backups that a batch asks for: `{"items": [{"project_id", "backup_id"}, …]}`,
 * as JSON. What is too large by its own account is refused unread.
 */
export const readBatch: (
  head: RequestHead
) => Effect.Effect<ReadonlyArray<ShowBackupRequest>, Refusal, HttpServerRequest.HttpServerRequest> = Effect.fnUntraced(
  function* (head) {
    const limits = yield* BatchLimits
    const tooLarge = contentTooLarge(`the body has more than ${limits.requestBytes} bytes`)
    if (!/^application\/json(?:[ \t]*;.*)?$/i.test(valuesOf(head, "content-type").join(","))) return yield* notJson
    if (Number(valuesOf(head, "content-length")[0] ?? 0) > limits.requestBytes) return yield* tooLarge
    const { stream } = yield* HttpServerRequest.HttpServerRequest
    const bytes = yield* stream.pipe(
      Stream.catchTag("HttpServerError", () => Stream.fail(unreadable)),
      Stream.limitBytes<Refusal, never>(ByteSize.bytes(limits.requestBytes), () => Stream.fail(tooLarge)),
      Stream.mkUint8Array
    )
    const text = new TextDecoder().decode(bytes)
    const { items } = yield* Effect.catchTag(decode(text), "SchemaError", () => Effect.fail(unreadable))
    if (items.length > limits.items) return yield* contentTooLarge(`the batch has more than ${limits.items} items`)
    return items
  }
)

const notJson = new Refusal({ reason: "UnsupportedMediaType", message: "the body is not application/json" })

/** What is left of a body that is not read would be taken for the next request, so the connection ends. */
const contentTooLarge = (message: string) =>
  new Refusal({ reason: "ContentTooLarge", message, headers: { connection: "close" } })

const unreadable = new Refusal({
  reason: "BadRequest",
  message: 'the body is not {"items": [{"project_id": "…", "backup_id": "…"}]}'
})
