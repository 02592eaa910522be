/** The contract between the gateway and its page. */
export { boardFields } from "./BoardHeaders.ts"
export { backupEventsPath, boardPath, fleetPath, projectEventsPath } from "./BoardPaths.ts"
export { FleetDigestBuilder, type FleetSource } from "./FleetDigestBuilder.ts"
export { FleetDigest, ResourceDigest, type Strip } from "./FleetDigest.ts"
