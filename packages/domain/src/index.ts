/**
 * A backup in Huawei Cloud CBR: the API page's types as schemas, and the reader that fills them without losing
 * anything. Beside them stands what follows from a backup.
 */
export type { LocalizedText } from "./LocalizedText.ts"
export { assess } from "./Assessment.ts"
export { age, contentTime, type ContentTime } from "./ContentTime.ts"
export { diff, type Change, type FieldValue, type Part } from "./BackupDiff.ts"
export { BackupExtendInfo } from "./BackupExtendInfo.ts"
export { BackupResp, type BackupRespEncoded } from "./BackupResp.ts"
export { BackupStatus } from "./BackupStatus.ts"
export { type Descendant, descendants } from "./Descendants.ts"
export { Drift, DriftActual, DriftExpected, DriftFound, driftText } from "./Drift.ts"
export { Expectations } from "./Expectations.ts"
export { documentedFields, type DocumentedField } from "./DocumentedField.ts"
export { type Assessed, fallback } from "./FallbackBackup.ts"
export { Finding, overallVerdict, Verdict } from "./Finding.ts"
export type { Language } from "./FindingText.ts"
export { hasExpired, health, type Health } from "./Health.ts"
export { gravityOf, HealthLevel, levelVerdicts } from "./HealthLevel.ts"
export { type HealthCode, type HealthFacts, healthLevels, type HealthReason } from "./HealthReason.ts"
export { healthText, levelMeanings, levelText } from "./HealthText.ts"
export { ImageData } from "./ImageData.ts"
export { ImageType } from "./ImageType.ts"
export * as JsonText from "./JsonText.ts"
export { latestReplication, latestReplications } from "./LatestReplication.ts"
export type { OpenEnum, Undocumented } from "./OpenEnum.ts"
export { isAtRest, phase, type Phase } from "./StatusPhase.ts"
export { omitUndefined, type OmitUndefined } from "./omitUndefined.ts"
export { ProviderId } from "./ProviderId.ts"
export type { ListBackupsPage } from "./ListBackupsPage.ts"
export { ListBackupsReader } from "./ListBackupsReader.ts"
export { matchesListBackups } from "./ListBackupsFilter.ts"
export {
  listBackupsParameters,
  listBackupsPath,
  listBackupsQuery,
  ListBackupsQuery,
  ListBackupsRequest,
  malformedListParameters,
  readListBackupsQuery
} from "./ListBackupsRequest.ts"
export { ReplicationRecordGet } from "./ReplicationRecordGet.ts"
export { destinationVaultId, failureReasons, ReplicationRecordsExtraInfo } from "./ReplicationRecordsExtraInfo.ts"
export { hasEnded, ReplicationStatus } from "./ReplicationStatus.ts"
export { ResourceType } from "./ResourceType.ts"
export { RestoreMode } from "./RestoreMode.ts"
export { restoreOptions, type Obstacle, type RestoreAction, type RestoreOption } from "./RestoreOptions.ts"
export {
  BackupId,
  idForms,
  isShowBackupRequest,
  ProjectId,
  showBackupPath,
  ShowBackupRequest
} from "./ShowBackupRequest.ts"
export { maxLength, maxNesting, ShowBackupResponse } from "./ShowBackupResponse.ts"
export { Timestamp, TimestampFromString } from "./Timestamp.ts"
export { unreadableFields } from "./UnreadableFields.ts"
export { UnreadableFault, UnreadableResponse, unreadableText } from "./UnreadableResponse.ts"
export { madeAt, newestFirst } from "./BackupOrder.ts"
export { type DayState, Fleet, type ResourceBackups, resourceKey, type WithBackup } from "./ResourceBackups.ts"
export { assessMissing, assessResource, gravityOfVerdict, type ResourceAssessment } from "./ResourceAssessment.ts"
export { type Wholeness, wholeness } from "./Wholeness.ts"
