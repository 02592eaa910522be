import { BackupId, ProjectId } from "@cbr/domain"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

/** A reference to a backup, with the parts that the text has. */
export interface BackupRef {
  readonly backup_id: string
  readonly project_id?: string
  readonly region?: string
  /** Origin of the address that was given. */
  readonly origin?: string
  /** The text itself. */
  readonly text: string
}

const isBackupId: (text: unknown) => boolean = Schema.is(BackupId)
const isProjectId: (text: unknown) => boolean = Schema.is(ProjectId)

/**
 * Reads a backup's id, `region/project/id`, or the full address of the call;
 * `None` for anything else.
 *
 * @example
 * ```ts
 * parse("cn-north-4/4229d7a4…/6df2b54c-…")
 * parse("https://cbr.cn-north-4.myhuaweicloud.com/v3/4229d7a4…/backups/6df2b54c-…")
 * ```
 */
export const parse = (text: string): Option.Option<BackupRef> => {
  if (isBackupId(text)) return Option.some({ backup_id: text, text })
  const [region, project_id, backup_id, ...rest] = text.split("/")
  if (region && project_id && backup_id && isProjectId(project_id) && isBackupId(backup_id) && rest.length === 0) {
    return Option.some({ region, project_id, backup_id, text })
  }
  return fromAddress(text)
}

const fromAddress = (text: string): Option.Option<BackupRef> => {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return Option.none()
  const { hash, origin, password, pathname, search, username } = new URL(text)
  const [, project_id, backup_id] = /^\/v3\/([^/]+)\/backups\/([^/]+)\/?$/.exec(pathname) ?? []
  return project_id &&
    backup_id &&
    isProjectId(project_id) &&
    isBackupId(backup_id) &&
    search + hash + username + password === ""
    ? Option.some({ origin, project_id, backup_id, text })
    : Option.none()
}
