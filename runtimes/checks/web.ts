import { createBackupClient } from "@cbr/client/promise"
import { type Cloud, type Outcome, outcomesOf } from "./Check.ts"
import { checksOf } from "./promise.ts"

/** Runs the promise client's checks where there is no file system: in a browser and at the edge. */
export const run = (cloud: Cloud): Promise<ReadonlyArray<Outcome>> => outcomesOf(checksOf(createBackupClient), cloud)
