import * as Redacted from "effect/Redacted"
import type { Simulator } from "./Simulator.ts"

/**
 * The addresses and credentials for the program that started the simulator: one line of JSON.
 * The secrets are printed because they are made up and good for nothing else.
 */
export const readyLine = (simulator: Simulator["Service"]): string =>
  JSON.stringify({
    cbr: simulator.cbr,
    iam: simulator.iam,
    region: simulator.region,
    ak: simulator.ak,
    sk: Redacted.value(simulator.sk),
    project_id: simulator.project_id,
    user: simulator.user,
    password: Redacted.value(simulator.password),
    domain: simulator.domain,
    backups: simulator.backups,
    // A name of each kind is enough to try with.
    ...(simulator.fleet === undefined
      ? {}
      : { fleet: { ...simulator.fleet, servers: simulator.fleet.servers.length } }),
    faults: simulator.faults
  })
