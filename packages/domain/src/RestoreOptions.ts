import type { BackupResp } from "./BackupResp.ts"
import { descendants } from "./Descendants.ts"

/**
 * An action that a backup can serve for:
 *
 * - `restore`: write its content back to the resource, through the backups of its disks;
 * - `create_image`: make a whole-server image from it;
 * - `create_resource`: create a new resource from it.
 * @category Questions
 * @since 0.1.0
 */
export type RestoreAction = "restore" | "create_image" | "create_resource"

/**
 * One reason why a backup cannot serve: a field that would have to be otherwise.
 * @category Questions
 * @since 0.1.0
 */
export interface Obstacle {
  /** Where, from the backup down: `status`, `children[0].status`. */
  readonly field: string
  /** The value that the action needs. */
  readonly expected: string
  /** The value of the backup; `undefined` when it is missing. */
  readonly actual: string | undefined
}

/**
 * Whether a backup can serve for an action, and why not.
 * @category Questions
 * @since 0.1.0
 */
export interface RestoreOption {
  readonly action: RestoreAction
  /** Whether nothing stands in the way. */
  readonly possible: boolean
  /** The reasons against the action; empty when it is possible. */
  readonly obstacles: ReadonlyArray<Obstacle>
}

/**
 * The restore options of a backup: for each of the three actions whether it is possible, and why not.
 *
 * It says what the page promises. Every action needs an `available` backup.
 * `restore` needs the mode `backup`, and available parts at any depth, since it
 * goes through them; `create_image` needs the mode `snapshot`. A missing mode means `na`.
 *
 * @example
 * ```ts
 * const { create_image } = restoreOptions(backup)
 * create_image.possible // false
 * create_image.obstacles
 * // [{ field: "extend_info.supported_restore_mode", expected: "snapshot", actual: "backup" }]
 * ```
 * @source 表5 BackupExtendInfo, `supported_restore_mode`
 * @category Questions
 * @since 0.1.0
 */
export const restoreOptions = (
  backup: BackupResp
): { readonly [A in RestoreAction]: RestoreOption & { action: A } } => {
  const status = unless("status", "available", backup.status)
  const mode = backup.extend_info?.supported_restore_mode
  const parts = descendants(backup).flatMap(({ part, path }) => unless(`${path}.status`, "available", part.status))
  return {
    restore: option("restore", [...status, ...unless(restoreModeField, "backup", mode), ...parts]),
    create_image: option("create_image", [...status, ...unless(restoreModeField, "snapshot", mode)]),
    create_resource: option("create_resource", status)
  }
}

/** The field that says how a backup can be restored, from the backup down. */
export const restoreModeField = "extend_info.supported_restore_mode"

const unless = (field: string, expected: string, actual: string | undefined): ReadonlyArray<Obstacle> =>
  actual === expected ? [] : [{ field, expected, actual }]

const option = <A extends RestoreAction>(action: A, obstacles: ReadonlyArray<Obstacle>) => ({
  action,
  possible: obstacles.length === 0,
  obstacles
})
