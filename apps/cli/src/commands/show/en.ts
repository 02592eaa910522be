import { exitCodes } from "../../exit/ExitCodes.ts"
import { exampleId } from "../../values/exampleId.ts"

/** The words of `cbr show` in English. */
export const en = {
  short: "Show backups",
  long: "Show one or many backups: status, resource, times, children and replications.",
  examples: [
    { command: `cbr show ${exampleId}`, description: "At a glance" },
    { command: `cbr show ${exampleId} -o json > backup.json`, description: "Save the service's answer" },
    {
      command: "cbr show --from backup.json",
      description: "Read a saved answer, with no network and no credentials"
    },
    { command: `cbr show ${exampleId} --query backup.status -o value`, description: "One value, for a script" },
    { command: "cbr show --resource ecs-orders-0001", description: "A server's newest backup, by its name" },
    { command: "cbr show - -o ndjson < ids.txt", description: "Many at once, as they come" }
  ],
  flags: {
    dryRun: "print what would be sent, with secrets masked, and send nothing",
    concurrency: (usual: number) => `concurrent calls; default: ${usual}`,
    unordered: "print many backups as they come, not in the order of the ids",
    strict: `fail (exit ${exitCodes.MalformedResponse}) on anything that the API's page does not list`
  },
  dryRun: {
    canonicalRequest: "Canonical request:",
    stringToSign: "String to sign:",
    nothingSent: "nothing was sent"
  },
  dryRunIsOfIds: "--dry-run shows the call for an ID; --resource asks for a list first",
  fromIsOne: "--from reads one response: give one ID to check it against, or none"
}
