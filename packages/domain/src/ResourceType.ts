import * as OpenEnum from "./OpenEnum.ts"

/**
 * The kind of resource that was backed up.
 *
 * @source 表4 BackupResp, `resource_type`
 * @category Enumerations
 * @since 0.1.0
 */
export const ResourceType = OpenEnum.make("ResourceType", {
  "OS::Nova::Server": { en: "cloud server", zh: "云服务器" },
  "OS::Cinder::Volume": { en: "disk", zh: "云硬盘" },
  "OS::Ironic::BareMetalServer": { en: "bare-metal server", zh: "裸金属服务器" },
  "OS::Native::Server": { en: "server outside the cloud", zh: "云下服务器" },
  "OS::Sfs::Turbo": { en: "SFS Turbo file system", zh: "SFS Turbo 文件系统" },
  "OS::Workspace::DesktopV2": { en: "cloud desktop", zh: "云桌面" }
})

/**
 * A documented resource type, or any other text that the service sent.
 * @category Enumerations
 * @since 0.1.0
 */
export type ResourceType = typeof ResourceType.Type
