import * as Schema from "effect/Schema"

/**
 * An image that was registered from a backup.
 *
 * @source 表6 ImageData
 */
export const ImageData = Schema.Struct({
  /** Image id. */
  image_id: Schema.optionalKey(Schema.String)
}).annotate({ identifier: "ImageData" })

/** An image that was registered from a backup. */
export type ImageData = typeof ImageData.Type
