import * as Schema from "effect/Schema"
import { documented } from "./FieldMeaning.ts"

/**
 * An image that was registered from a backup.
 *
 * @source 表6 ImageData
 * @category Backups
 * @since 0.1.0
 */
export const ImageData = Schema.Struct({
  /** Image id. */
  image_id: Schema.optionalKey(Schema.String).pipe(documented({ en: "Image id", zh: "镜像 ID" }))
}).annotate({ identifier: "ImageData" })

/**
 * An image that was registered from a backup.
 * @category Backups
 * @since 0.1.0
 */
export type ImageData = typeof ImageData.Type
