import * as OpenEnum from "./OpenEnum.ts"

/**
 * The provider that made the backup; it tells the kind of object backed up.
 *
 * @source 表4 BackupResp, `provider_id`
 * @category Enumerations
 * @since 0.1.0
 */
export const ProviderId = OpenEnum.make("ProviderId", {
  "0daac4c5-6707-4851-97ba-169e36266b66": { en: "cloud servers", zh: "云服务器" },
  "d1603440-187d-4516-af25-121250c7cc97": { en: "disks", zh: "云硬盘" },
  "3f3c3220-245c-4805-b811-758870015881": { en: "SFS Turbo file systems", zh: "SFS Turbo" },
  "a13639de-00be-4e94-af30-26912d75e4a2": { en: "VMware machines in a hybrid cloud", zh: "混合云 VMware 备份" }
})

/**
 * A documented provider, or any other text that the service sent.
 * @category Enumerations
 * @since 0.1.0
 */
export type ProviderId = typeof ProviderId.Type
