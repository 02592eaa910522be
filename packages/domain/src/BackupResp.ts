import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import { BackupExtendInfo } from "./BackupExtendInfo.ts"
import { BackupStatus } from "./BackupStatus.ts"
import { ImageType } from "./ImageType.ts"
import { ProviderId } from "./ProviderId.ts"
import { ReplicationRecordGet } from "./ReplicationRecordGet.ts"
import { ResourceType } from "./ResourceType.ts"
import { TimestampFromString } from "./Timestamp.ts"

// A number is read as its value, so `1e2` is "100"; a fraction, or an integer beyond 2^53, is no id.
const IntOrString: Schema.Codec<string, string | number> = Schema.Union([Schema.String, Schema.Int]).pipe(
  Schema.decodeTo(
    Schema.String,
    SchemaTransformation.transform<string, string | number>({ decode: String, encode: (text) => text })
  )
)

const fields = {
  /** Id of the restore point that the backup belongs to. */
  checkpoint_id: Schema.optionalKey(Schema.String),
  /** When the backup was created. */
  created_at: Schema.optionalKey(TimestampFromString),
  /** What its owner wrote of it. */
  description: Schema.optionalKey(Schema.String),
  /** When the backup expires and is deleted by its policy. */
  expired_at: Schema.optionalKey(TimestampFromString),
  /** What else is known of it. */
  extend_info: Schema.optionalKey(BackupExtendInfo),
  /** Id of the backup, a UUID. */
  id: Schema.optionalKey(Schema.String),
  /** Made here (`backup`) or copied from elsewhere (`replication`). */
  image_type: Schema.optionalKey(ImageType),
  /** Name of the backup. */
  name: Schema.optionalKey(Schema.String),
  /** Id of the backup that this one is a part of. */
  parent_id: Schema.optionalKey(Schema.String),
  /** Id of the project that the backup belongs to. */
  project_id: Schema.optionalKey(Schema.String),
  /** When the resource was backed up: the moment whose content the backup holds. */
  protected_at: Schema.optionalKey(TimestampFromString),
  /** Availability zone of the resource. */
  resource_az: Schema.optionalKey(Schema.String),
  /** Id of the resource backed up. */
  resource_id: Schema.optionalKey(Schema.String),
  /** Name of the resource backed up. */
  resource_name: Schema.optionalKey(Schema.String),
  /** Size of the resource in GB; 0 when the resource is gone. */
  resource_size: Schema.optionalKey(Schema.Int),
  /** Kind of the resource backed up. */
  resource_type: Schema.optionalKey(ResourceType),
  /** Where the backup stands in its life. */
  status: Schema.optionalKey(BackupStatus),
  /** When the backup last changed. */
  updated_at: Schema.optionalKey(TimestampFromString),
  /** Id of the vault that holds the backup. */
  vault_id: Schema.optionalKey(Schema.String),
  /** Its copies to other regions. */
  replication_records: Schema.optionalKey(Schema.Array(ReplicationRecordGet)),
  /** Id of the enterprise project, `"0"` by default; comes as a number or a string, read as a string. */
  enterprise_project_id: Schema.optionalKey(IntOrString),
  /** Which provider made it; tells the kind of object backed up. */
  provider_id: Schema.optionalKey(ProviderId),
  /** Whether it is an incremental backup. */
  incremental: Schema.optionalKey(Schema.Boolean)
}

/**
 * A backup. Every field may be missing; one that came as `null`, or with
 * another type than documented, is absent here and present in the raw text.
 *
 * @source 表4 BackupResp
 */
export interface BackupResp extends Schema.Struct.Type<typeof fields> {
  /** Its parts: a whole-server backup has one child for each disk. */
  readonly children?: ReadonlyArray<BackupResp>
}

/** A backup as it stands in the body. */
export interface BackupRespEncoded extends Schema.Struct.Encoded<typeof fields> {
  readonly children?: ReadonlyArray<BackupRespEncoded>
}

/** A closed struct of the page's 24 fields, recursive through `children`. */
export const BackupResp: Schema.Codec<BackupResp, BackupRespEncoded> = Schema.Struct({
  ...fields,
  children: Schema.optionalKey(
    Schema.Array(Schema.suspend((): Schema.Codec<BackupResp, BackupRespEncoded> => BackupResp))
  )
}).annotate({ identifier: "BackupResp" })
