/** What the gateway and its page agree on. */
export { boardFields } from "./BoardPolicy.ts"
export { backupEventsPath, boardPath, fleetPath, projectEventsPath } from "./BoardPaths.ts"
export { FleetReader, type FleetSource } from "./FleetReader.ts"
export { FleetDigest, ResourceDigest, type Strip } from "./FleetDigest.ts"
