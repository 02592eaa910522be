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
  }
}
