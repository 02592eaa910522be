import * as Schema from "effect/Schema"
import type { LocalizedText } from "./LocalizedText.ts"

const projectId = /^[A-Za-z0-9_-]{1,64}$/
const backupId = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/**
 * A description of each id's form.
 * @category Requests and responses
 * @since 0.2.0
 */
export const idForms = {
  project_id: {
    en: "a project id: 1 to 64 letters, digits, - or _",
    zh: "项目 ID：1 到 64 个字母、数字、- 或 _"
  },
  backup_id: {
    en: "a backup id: a UUID such as 6df2b54c-dd62-4059-a07c-1b8f24f2725d",
    zh: "备份 ID：6df2b54c-dd62-4059-a07c-1b8f24f2725d 这样的 UUID"
  }
} satisfies Record<string, LocalizedText>

/**
 * A project id: 1 to 64 letters, digits, `-` or `_`. The service's own are 32 hex digits.
 * @category Requests and responses
 * @since 0.1.0
 */
export const ProjectId = Schema.String.check(Schema.isPattern(projectId, { expected: idForms.project_id.en })).annotate(
  { identifier: "ProjectId" }
)

/**
 * A backup id: a UUID in either case.
 * @category Requests and responses
 * @since 0.1.0
 */
export const BackupId = Schema.String.check(Schema.isPattern(backupId, { expected: idForms.backup_id.en })).annotate({
  identifier: "BackupId"
})

/**
 * A request for one backup. Both ids are checked before anything is sent, so that
 * neither can change the path of the call.
 *
 * @source 表1 路径参数
 * @category Requests and responses
 * @since 0.1.0
 */
export const ShowBackupRequest = Schema.Struct({
  /** Id of the project that the backup belongs to. */
  project_id: ProjectId,
  /** Id of the backup. */
  backup_id: BackupId
}).annotate({ identifier: "ShowBackupRequest" })

/**
 * A request for one backup.
 * @category Requests and responses
 * @since 0.1.0
 */
export type ShowBackupRequest = typeof ShowBackupRequest.Type

/**
 * Whether both ids are well-formed, as the schema has it; fast enough for every request.
 * @category Requests and responses
 * @since 0.1.0
 */
export const isShowBackupRequest = ({ backup_id, project_id }: ShowBackupRequest): boolean =>
  typeof project_id === "string" &&
  typeof backup_id === "string" &&
  projectId.test(project_id) &&
  backupId.test(backup_id)

/**
 * Path of the call, without the endpoint.
 *
 * @source URI, `GET /v3/{project_id}/backups/{backup_id}`
 * @category Requests and responses
 * @since 0.1.0
 */
export const showBackupPath = (request: ShowBackupRequest): string =>
  `/v3/${request.project_id}/backups/${request.backup_id}`
