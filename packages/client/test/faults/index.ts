/** The server and the cases of the fault suite, for the tests of whatever calls the cloud through the client. */
export { closedPort } from "../LoopbackServer.ts"
export { body } from "../TestClient.ts"
export { faultServer } from "./FaultServer.ts"
export { type Fault, faults } from "./FaultTable.ts"
