import type { BackupResp } from "./BackupResp.ts"
import { ListBackupsRequest } from "./ListBackupsRequest.ts"

/**
 * Whether a backup is one that the request asks for, as far as the backup says. The service may compare names in part,
 * and may not know every parameter. A field
 * that the backup does not have excludes nothing.
 * @category Requests and responses
 * @since 0.2.0
 */
export const matchesListBackups = (
  {
    checkpoint_id,
    end_time,
    image_type,
    incremental,
    name,
    parent_id,
    resource_az,
    resource_id,
    resource_name,
    resource_type,
    start_time,
    status,
    vault_id
  }: Omit<ListBackupsRequest, "project_id">,
  backup: BackupResp
): boolean =>
  fits(resource_id, backup.resource_id) &&
  fits(resource_name, backup.resource_name) &&
  fits(resource_type, backup.resource_type) &&
  fits(resource_az, backup.resource_az) &&
  fits(name, backup.name) &&
  fits(checkpoint_id, backup.checkpoint_id) &&
  fits(parent_id?.toLowerCase(), backup.parent_id?.toLowerCase()) &&
  fits(vault_id, backup.vault_id) &&
  fits(image_type, backup.image_type) &&
  fits(incremental, backup.incremental) &&
  isWithin(backup, start_time, end_time) &&
  (status === undefined || backup.status === undefined || (status as ReadonlyArray<string>).includes(backup.status))

const isWithin = ({ created_at }: BackupResp, start: string | undefined, end: string | undefined): boolean =>
  created_at === undefined ||
  ((start === undefined || created_at.epochMilliseconds >= Date.parse(start)) &&
    // A second has as many microseconds as the service's times tell.
    (end === undefined || created_at.epochMilliseconds < Date.parse(end) + 1000))

const fits = <A>(asked: A | undefined, is: A | undefined): boolean =>
  asked === undefined || is === undefined || asked === is
