import * as OpenEnum from "./OpenEnum.ts"

/**
 * Whether a backup was made here or copied from elsewhere.
 *
 * @source 表4 BackupResp, `image_type`
 * @category Enumerations
 * @since 0.1.0
 */
export const ImageType = OpenEnum.make("ImageType", {
  backup: { en: "made by backing a resource up", zh: "备份" },
  replication: { en: "copied from a backup in another region", zh: "复制" }
})

/**
 * A documented image type, or any other text that the service sent.
 * @category Enumerations
 * @since 0.1.0
 */
export type ImageType = typeof ImageType.Type
