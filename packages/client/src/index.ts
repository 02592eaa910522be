/**
 * How a backup is fetched from Huawei Cloud CBR: an Effect service, built from
 * an endpoint, credentials and the platform's HTTP client.
 */
export { BackupClient } from "./BackupClient.ts"
export {
  type AccessKeyCredential,
  type Credential,
  Credentials,
  type TokenCredential
} from "./credentials/Credentials.ts"
export * as Environment from "./credentials/Environment.ts"
export * as IamToken from "./credentials/IamToken.ts"
export { type Addresses, Endpoint, type EndpointOptions } from "./Endpoint.ts"
export { type ErrorKind, ErrorTable, hintOf, isRetryable } from "./ErrorTable.ts"
export { redactServiceText, type SentSecrets } from "./RedactedText.ts"
export { endpointsOf, isRegionId } from "./Region.ts"
export { defaultResiliencePolicy, ResiliencePolicy } from "./ResiliencePolicy.ts"
export * from "./ShowBackupError.ts"
export { showMany, type Shown } from "./ShowMany.ts"
export { changes, type WatchOptions } from "./watching/Changes.ts"
export { type Gone, type Missed, type Observation, type Seen, seen, type Sighting } from "./watching/Observation.ts"
export { Observations } from "./watching/Observations.ts"
export { adaptive, defaultPace, defaultPollingPolicy, type Pace, PollingPolicy } from "./watching/PollingPolicy.ts"
export * as WaitCondition from "./watching/WaitCondition.ts"
export { conditionForms, format as formatCondition, parse as parseCondition } from "./watching/WaitConditionText.ts"
export { defaultWaitDeadline, waitUntil, type WaitOptions } from "./watching/WaitUntil.ts"
export { ConditionImpossible, ConditionTimedOut, WaitUntilError } from "./watching/WaitUntilError.ts"
