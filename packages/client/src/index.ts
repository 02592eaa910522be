/**
 * How a backup is fetched from Huawei Cloud CBR: an Effect service, built from
 * an endpoint, credentials and the platform's HTTP client.
 */
export { BackupClient } from "./BackupClient.ts"
export * as CallerIdentity from "./CallerIdentity.ts"
export {
  type AccessKeyCredential,
  type Credential,
  type CredentialHome,
  Credentials,
  type ProjectReference,
  type TokenCredential
} from "./credentials/Credentials.ts"
export * as Agency from "./credentials/Agency.ts"
export * as Chain from "./credentials/Chain.ts"
export * as CloudsFile from "./credentials/CloudsFile.ts"
export { DirectHttpClient } from "./credentials/DirectHttpClient.ts"
export * as EcsMetadata from "./credentials/EcsMetadata.ts"
export * as Environment from "./credentials/Environment.ts"
export * as EnvironmentPassword from "./credentials/EnvironmentPassword.ts"
export * as Federation from "./credentials/Federation.ts"
export * as FileUpdate from "./credentials/FileUpdate.ts"
export * as IamToken from "./credentials/IamToken.ts"
export * as KooCliFile from "./credentials/KooCliFile.ts"
export { type Link, NotHere } from "./credentials/Link.ts"
export * as PodIdentity from "./credentials/PodIdentity.ts"
export * as Profile from "./credentials/Profile.ts"
export * as ProfileFile from "./credentials/ProfileFile.ts"
export * as ProfileSaving from "./credentials/ProfileSaving.ts"
export { RefusalGuard, type RefusedKey } from "./credentials/RefusalGuard.ts"
export { type EndingCredential, renewing, type RenewingOptions } from "./credentials/Renewing.ts"
export * as SdkProfile from "./credentials/SdkProfile.ts"
export { detailOf as detailOfSecret } from "./credentials/SecretText.ts"
export { UserFolders } from "./credentials/UserFolders.ts"
export { type AccessKey } from "./signing/AccessKey.ts"
export { type Addresses, Endpoint, type EndpointOptions, type SigningAlgorithm } from "./Endpoint.ts"
export * as MachineEndpoint from "./MachineEndpoint.ts"
export {
  type CredentialEvidence,
  type CredentialProbe,
  evidenceOf,
  makeProbe
} from "./credentials/CredentialEvidence.ts"
export { serviceTime } from "./ServiceTime.ts"
export { type ErrorKind, ErrorTable, hintOf, isRetryable } from "./ErrorTable.ts"
export { FailureDetail } from "./errors/FailureDetail.ts"
export type {
  AddressFault,
  AddressSetting,
  AnswerDetails,
  ConnectionDetails,
  CredentialDetails,
  CredentialPlace,
  DetailOf,
  FailureCode,
  FailureDetails,
  FileDetails,
  FileFault,
  SearchedPlace,
  SecretFault,
  SecretName,
  SecretPlace,
  Service,
  SettingDetails,
  WaitDetails
} from "./errors/FailureDetails.ts"
export { failureText, type FailureSentences } from "./errors/FailureText.ts"
export { type Sentences } from "./errors/Sentences.ts"
export { redactServiceText, type SentSecrets } from "./RedactedText.ts"
export { type Project, ProjectDiscovery } from "./ProjectDiscovery.ts"
export * as PlaceVariables from "./PlaceVariables.ts"
export { endpointsOf, findRegion, isRegionId, nearestRegions, type Region, regions } from "./Region.ts"
export * as RegionOverrides from "./RegionOverrides.ts"
export * as RegionsFile from "./RegionsFile.ts"
export { type CircuitState, isCircuitOpen } from "./resilience/Circuit.ts"
export {
  type CircuitPolicy,
  defaultResiliencePolicy,
  type RateLimit,
  ResiliencePolicy,
  type RetryBudget,
  withCallTimeout
} from "./ResiliencePolicy.ts"
export { type AnsweredKind, type ServiceCode, serviceCodes } from "./ServiceCodes.ts"
export * from "./ShowBackupError.ts"
export { showMany, type Shown } from "./ShowMany.ts"
export * as TextFile from "./TextFile.ts"
export { type Attempt, OnAttempt } from "./telemetry/Attempt.ts"
export * as ClientMetrics from "./telemetry/Metrics.ts"
export { version } from "./Version.ts"
export { changes, type WatchOptions } from "./watching/Changes.ts"
export { type Events, type Heard } from "./watching/Monitor.ts"
export { type Gone, type Missed, type Observation, type Seen, seen, type Sighting } from "./watching/Observation.ts"
export { Observations } from "./watching/Observations.ts"
export { adaptive, defaultPace, defaultPollingPolicy, type Pace, PollingPolicy } from "./watching/PollingPolicy.ts"
export { nearest } from "./Nearest.ts"
export * as WaitCondition from "./watching/WaitCondition.ts"
export { conditionForms } from "./watching/ConditionForms.ts"
export { format as formatCondition, parse as parseCondition } from "./watching/WaitConditionText.ts"
export { conditionTimedOut, defaultWaitTimeout, waitUntil, whyNot, type WaitOptions } from "./watching/WaitUntil.ts"
export { ConditionImpossible, ConditionTimedOut, WaitUntilError } from "./watching/WaitUntilError.ts"
