/**
 * The client of Huawei Cloud CBR: an Effect service, built from an endpoint, credentials and the platform's HTTP client.
 */
export type { BackupCalls, ListBody } from "./calls/BackupCalls.ts"
export { BackupClient } from "./calls/BackupClient.ts"
export * as CallerIdentity from "./calls/CallerIdentity.ts"
export {
  type AccessKeyCredential,
  type Credential,
  type CredentialHome,
  Credentials,
  type ProjectReference,
  type TokenCredential
} from "./credentials/Credentials.ts"
export * as Agency from "./sources/Agency.ts"
export * as CredentialChain from "./sources/CredentialChain.ts"
export type { CredentialPlace } from "./sources/CredentialChain.ts"
export * as CloudsFile from "./profiles/CloudsFile.ts"
export * as OpenStackCloud from "./sources/OpenStackCloud.ts"
export { MetadataHttpClient } from "./http/MetadataHttpClient.ts"
export * as EcsMetadata from "./sources/EcsMetadata.ts"
export * as Environment from "./sources/Environment.ts"
export * as EnvironmentPassword from "./sources/EnvironmentPassword.ts"
export * as Federation from "./sources/Federation.ts"
export * as FileUpdate from "./config/FileUpdate.ts"
export * as IamToken from "./sources/IamToken.ts"
export * as KooCliFile from "./sources/KooCliFile.ts"
export { type CredentialSource, NotConfigured } from "./sources/CredentialSource.ts"
export * as PodIdentity from "./sources/PodIdentity.ts"
export * as Profile from "./sources/Profile.ts"
export * as ProfileFile from "./profiles/ProfileFile.ts"
export * as ProfileStore from "./profiles/ProfileStore.ts"
export { KeyLockoutGuard, type RefusedKey } from "./resilience/KeyLockoutGuard.ts"
export { type ExpiringCredential, refreshing, type RefreshingOptions } from "./sources/CredentialRefresh.ts"
export * as SdkProfile from "./sources/SdkProfile.ts"
export { detailOf as detailOfSecret } from "./credentials/SecretText.ts"
export { UserDirectories } from "./config/UserDirectories.ts"
export { type AccessKey } from "./signing/AccessKey.ts"
export { type Addresses, type EndpointOptions, type SigningAlgorithm } from "./endpoint/Addresses.ts"
export { Endpoint } from "./endpoint/Endpoint.ts"
export * as MachineEndpoint from "./profiles/MachineEndpoint.ts"
export * from "./credentials/CredentialEvidence.ts"
export { serviceTime } from "./errors/ServiceTime.ts"
export { type ErrorKind, ErrorTable, hintOf, isRetryable } from "./errors/ErrorTable.ts"
export { FailureDetail } from "./errors/FailureDetailSchema.ts"
export type * from "./errors/FailureDetails.ts"
export { failureText, type FailureSentences } from "./errors/FailureText.ts"
export { redactServiceText, type SentSecrets } from "./errors/redact.ts"
export { type Project, ProjectDiscovery } from "./calls/ProjectDiscovery.ts"
export * as EndpointVariables from "./endpoint/EndpointVariables.ts"
export { endpointsOf, findRegion, isRegionId, nearestRegions, type Region, regions } from "./endpoint/Regions.ts"
export * as RegionOverrides from "./endpoint/RegionOverrides.ts"
export * as RegionsFile from "./endpoint/RegionsFile.ts"
export { type CircuitState, isCircuitOpen } from "./resilience/CircuitBreaker.ts"
export * from "./resilience/ResiliencePolicy.ts"
export { type AnsweredKind, type ServiceCode, serviceCodes } from "./errors/ServiceCodes.ts"
export * from "./errors/ShowBackupError.ts"
export { latestBackup, type LatestBackupOptions, type ResourceFilter } from "./calls/LatestBackup.ts"
export { listBackups, type ListBackupsFilter, type ListBackupsOptions } from "./calls/ListBackups.ts"
export {
  type Incomplete,
  type ListedPage,
  ListPagingState,
  newestFirstSort,
  type PageSizes
} from "./calls/ListPagingState.ts"
export { showMany, type Shown } from "./calls/ShowMany.ts"
export * as TextFile from "./config/TextFile.ts"
export { type Attempt, OnAttempt } from "./telemetry/Attempt.ts"
export * as ClientMetrics from "./telemetry/ClientMetrics.ts"
export { version } from "./http/Version.ts"
export { changes, type WatchOptions } from "./watching/Changes.ts"
export { type Events, type StreamEvent } from "./events/EventSource.ts"
export { type Gone, type Missed, type Observation, type Seen, seen, type Sighting } from "./watching/Observation.ts"
export { Observations } from "./watching/Observations.ts"
export { adaptive, defaultPace, defaultPollingPolicy, type Pace, PollingPolicy } from "./watching/PollingPolicy.ts"
export { nearestName } from "./errors/nearestName.ts"
export * as WaitCondition from "./watching/WaitCondition.ts"
export { conditionForms } from "./errors/ConditionSyntax.ts"
export { parseWithQueries as parseCondition, type QueryCondition, queryCondition } from "./watching/QueryCondition.ts"
export { format as formatCondition } from "./watching/WaitConditionText.ts"
export { conditionTimedOut, defaultWaitTimeout, waitUntil, whyNot, type WaitOptions } from "./watching/WaitUntil.ts"
export { ConditionImpossible, ConditionTimedOut, WaitUntilError } from "./errors/WaitUntilError.ts"
