import { exampleId } from "../../values/exampleId.ts"

/** The words of `cbr simulate` in English. */
export const en = {
  short: "Run a simulated cloud, to try things offline",
  long: "Run CBR and IAM on this machine, and pass their settings to a command, or print them.",
  examples: [
    { command: "cbr simulate -- bash", description: "A shell to try the examples in, offline" },
    { command: `cbr simulate -- cbr show ${exampleId}`, description: "One command" },
    {
      command: "cbr simulate --fleet 12 -- cbr check --all --max-age 26h --healthy",
      description: "Twelve servers, ecs-fleet-0001 to ecs-fleet-0012; some lack a good backup"
    }
  ],
  args: {
    simulate: "a command to run with the simulated cloud's settings, after --; without one they are printed"
  },
  flags: {
    port: "port of the simulated CBR on 127.0.0.1; default: a free port",
    fleet:
      "this many servers, ecs-fleet-0001 and on, with a backup of each of the last 30 nights; the first five differ"
  },
  ready: "cbr: a simulated cloud is running; Ctrl-C ends it. Its backups:",
  cannotListen: "cannot listen",
  /** By the operating system's code. */
  reasons: {
    EADDRINUSE: "another program listens there",
    EACCES: "this user may not listen there"
  } as Readonly<Record<string, string>>,
  otherPort: "give another --port, or none for a free one",
  cannotRun: "cannot run",
  checkCommand: "check the command after --"
}
