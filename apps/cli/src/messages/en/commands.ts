const example = "6df2b54c-dd62-4059-a07c-1b8f24f2725d"

/** What each command does. */
export const commands = {
  cbr: "Look at backups in Huawei Cloud CBR.",
  show: {
    short: "Show backups",
    long: "Show one or many backups: status, resource, times, children and replications.",
    examples: [
      { command: `cbr show ${example}`, description: "At a glance" },
      { command: `cbr show ${example} -o json > backup.json`, description: "Save the service's answer" },
      {
        command: "cbr show --from backup.json",
        description: "Read a saved answer, with no network and no credentials"
      },
      { command: `cbr show ${example} --query backup.status -o value`, description: "One value, for a script" },
      { command: "cbr show - -o ndjson < ids.txt", description: "Many at once, as they come" }
    ]
  },
  tree: {
    short: "Show backups as trees (show -o tree)",
    long: "Show a backup with its children and replications as a tree; the same as show -o tree.",
    examples: [{ command: `cbr tree ${example}`, description: "What it is made of, and where it was copied to" }]
  },
  check: {
    short: "Check backups against rules, as a monitoring plugin",
    long: "Check backups against rules. The first line and the exit code are a monitoring plugin's; what is missing is UNKNOWN, never OK.",
    examples: [
      {
        command: `cbr check ${example} --status available --max-age 24h --warn-age 20h`,
        description: "Is last night's backup there?"
      },
      {
        command: "cbr check --from backup.json --replicated cn-south-1 --encrypted",
        description: "A saved answer, with no network"
      },
      {
        command: `cbr check ${example} --policy nightly.yaml --exit-style cli`,
        description: "Rules of a file, for a pipeline"
      }
    ]
  },
  diff: {
    short: "What differs between two backups, or then and now",
    long: "What differs between two backups, field by field; children and replications are matched by their ids.",
    examples: [
      { command: `cbr diff yesterday.json ${example}`, description: "What changed since it was saved" },
      { command: "cbr diff a.json b.json --exit-code", description: "For a script: exit 9 when they differ" }
    ]
  },
  drift: {
    short: "Where the answer departs from the API's page",
    long: "Where the service's answer departs from the API's page: wrong types, undocumented fields and values.",
    examples: [{ command: `cbr drift ${example}`, description: "Is the page still right?" }]
  },
  explain: {
    short: "What a field, a status or an error means",
    long: "What a field, a status or a kind of error means; offline.",
    examples: [
      { command: "cbr explain supported_restore_mode", description: "A field, with its documented values" },
      { command: "cbr explain waiting_protect", description: "A value" }
    ]
  },
  wait: {
    short: "Wait for a condition",
    long: "Wait until a condition holds (exit 0), can no longer come true (exit 9), or time is up (exit 10).",
    examples: [
      { command: `cbr wait ${example} --for status=available`, description: "Until the backup is made" },
      {
        command: `cbr wait ${example} --for status=available --for replicated=cn-south-1 --deadline 2h`,
        description: "Made and copied, in the same answer"
      },
      { command: `cbr wait ${example} --for deleted`, description: "Until it is gone" }
    ]
  },
  watch: {
    short: "Watch backups change",
    long: "Watch backups: a live view for a reader, a line of JSON for each change in a pipe.",
    examples: [
      { command: `cbr watch ${example}`, description: "Until Ctrl-C" },
      { command: `cbr watch ${example} --until-stable -o table >> changes.log`, description: "A line for each change" }
    ]
  }
}
