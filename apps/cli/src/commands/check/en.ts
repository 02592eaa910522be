import type { Finding } from "@cbr/domain"
import { exitCodes, monitoringCodes } from "../../exit/ExitCodes.ts"
import { counted, listOf } from "../../messages/en/phrases.ts"
import { exampleId } from "../../values/exampleId.ts"

const mostNamed = 3

const firstOf = (names: ReadonlyArray<string>): string =>
  [...names.slice(0, mostNamed), ...(names.length > mostNamed ? ["…"] : [])].join(", ")

/** The words of `cbr check` in English. */
export const en = {
  short: "Check backups against rules, as a monitoring plugin",
  long: "Check backups against rules. The first line and the exit code are a monitoring plugin's. If the service does not say what a rule needs, that rule is UNKNOWN, never OK.",
  examples: [
    {
      command: `cbr check ${exampleId} --status available --max-age 24h --warn-age 20h`,
      description: "Is last night's backup there?"
    },
    {
      command: "cbr check --resource ecs-orders-0001 --max-age 26h --healthy --replicated ap-southeast-1",
      description: "A server by its name: is last night's backup whole, and in the other region?"
    },
    {
      command: "cbr check --all --max-age 26h --healthy --replicated ap-southeast-1 --expect servers.txt",
      description: "Every server in one check, also one without a backup"
    },
    {
      command: "cbr check --from backup.json --replicated cn-south-1 --encrypted",
      description: "A saved answer, with no network"
    },
    {
      command: `cbr check ${exampleId} --policy nightly.yaml --exit-style cli`,
      description: "Rules of a file, for a pipeline"
    }
  ],
  flags: {
    healthy:
      "rule: healthy; degraded is WARNING, unknown UNKNOWN, failed CRITICAL, in progress WARNING, or OK while another whole backup of the same resource keeps the rules",
    degraded: "verdict of a degraded backup for --healthy; default: warning",
    status: "rule: the status is this one",
    maxAge: "rule: maximum age of the content, such as 24h or 7d; a failed backup has no content",
    warnAge: "warn if the content is older than this",
    replicated: "rule: replicated to this region; may be repeated",
    replicatedWithin: "maximum time for a replication after the backup; default: none",
    restorable: "rule: can be restored, in any way or in this mode; default: any",
    encrypted: "rule: encrypted; --no-encrypted: not encrypted",
    multiAz: "rule: kept in several availability zones; --no-multi-az: in one",
    notExpiringWithin: "rule: does not expire within this time, such as 7d",
    minChildren: "rule: has at least this number of children",
    childrenWhole: "rule: every child is available",
    ofResource: "rule: is of the resource with this id",
    all: "check each server and disk that has a backup, by its newest whole one",
    expect: "file of names or ids, a line each, that must have a backup; one that has none is CRITICAL",
    ignore: "name, id or pattern such as 'ecs-test-*' that is not looked at, or a file of them; may be repeated",
    seenWithin: "leave out, and count, what has had no backup for so long, such as 14d, unless --expect names it",
    groupBy: "gather the results by vault or by type of resource",
    policy: "YAML file with rules, named like the flags; a flag overrides it",
    exitStyle: `monitoring: ${monitoringCodes.join(", ")}; cli: ${exitCodes.Different} when a rule failed, faults as elsewhere`
  },
  fleet: {
    of: (total: number, counts: ReadonlyArray<string>) =>
      `${counted(total, "resource", "resources")}: ${counts.join(", ")}`,
    count: (count: number, state: string) => `${count} ${state}`,
    ignored: (count: number) => `${count} ignored`,
    gone: (count: number) => `${count} gone`,
    contradicted: (names: ReadonlyArray<string>) =>
      `--ignore leaves out ${counted(names.length, "name", "names")} of --expect (${firstOf(names)})`,
    unmatched: (word: string) =>
      `--ignore ${word} ignores nothing: there is no such file, and no server or disk with this name or id`,
    unlisted: {
      "not-saved":
        "the saved list has no replications, so they are unknown: save it with --replications (cbr list --replications -o ndjson > backups.ndjson)",
      "not-answered":
        "the service listed no replications, so they are unknown: give --replicated REGION to look for one"
    },
    others: (count: number, afterOthers: boolean) =>
      `${count} ${afterOthers ? "more" : count === 1 ? "resource" : "resources"}`,
    none: "no server or disk has a backup here, and none is expected",
    checkPlace: "check region and project: cbr whoami; name the servers that must have a backup: --expect FILE",
    onlyWithAll: "--expect, --ignore, --seen-within and --group-by go with --all",
    giveAll: "give --all, or leave them out",
    allExcludes: "--all excludes ID and --resource: it checks each server and disk"
  },
  noRules: "no rule was given, so there is nothing to check",
  lateWarning: "--warn-age would never warn: --max-age is shorter",
  warnEarlier: "give a --warn-age below --max-age",
  onlyDegraded: "--degraded sets the verdict of a degraded backup for --healthy, which is not given",
  giveHealthy: "give --healthy too, or leave out --degraded",
  noIds: "standard input names no backup",
  giveIds: "give ids there, a line each",
  noNames: "the file of --expect names no server or disk",
  giveNames: "give a name or an id a line there, or leave out --expect",
  giveRules: "give a rule, such as --status available or --max-age 24h, or --policy FILE",
  policy: "policy cannot be used",
  /** The library's own words say why. */
  notYaml: (why: string) => why,
  policyNext: "write the rules as the flags name them, such as `max-age: 24h`; see cbr check --help",
  rules: {
    healthy: "health",
    status: "status",
    age: "age",
    not_expiring_within: "expiry",
    replicated: "replicated",
    restorable: "restorable",
    encrypted: "encrypted",
    multi_az: "multi-AZ",
    min_children: "children",
    children_whole: "children whole",
    resource: "resource"
  } satisfies Readonly<Record<Finding["rule"], string>>,
  finding: (rule: Finding["rule"], actual: string, expected: string) =>
    `${rule.replaceAll("_", "-")} ${actual}, expected ${expected}`,
  compared: (actual: string, expected: string) => `${actual} (expected ${expected})`,
  /** Counts of failed rules, of backups not found and of backups not checked. */
  counts: ({
    backups,
    failed,
    missing,
    missingNames,
    unknown
  }: Readonly<Record<"failed" | "unknown" | "missing" | "backups", number>> & {
    readonly missingNames: ReadonlyArray<string>
  }) =>
    listOf([
      ...(failed === 0 ? [] : [`${counted(failed, "rule", "rules")} failed`]),
      ...(missing === 0
        ? []
        : [
            `${counted(missing, "backup", "backups")} not found${missingNames.length === 0 ? "" : ` (${missingNames.join(", ")})`}`
          ]),
      ...(unknown === 0 ? [] : [`${counted(unknown, "rule", "rules")} unknown`]),
      ...(backups === 0 ? [] : [`${counted(backups, "backup", "backups")} not checked`])
    ]),
  /** The first line of a check whose rules are all kept; one backup's verdict comes first if its health is a rule. */
  allKept: (count: number, verdict: string | undefined) =>
    verdict === undefined
      ? `${counted(count, "rule", "rules")} kept`
      : count === 1
        ? verdict
        : `${verdict}; ${count} rules kept`,
  meanwhile: (verdict: string, other: string) => `${verdict}; meanwhile ${other} keeps the rules`
}
