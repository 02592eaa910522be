import type { CredentialPlace } from "@cbr/client"
import { exitCodes, monitoringCodes } from "../../exit/ExitCodes.ts"
import type { FormatName } from "../../values/FormatName.ts"

/** The words of `cbr help` in English. */
export const en = {
  short: "Topics of all commands",
  long: "Topics of all commands: exit codes, environment, output, credentials, verdicts.",
  examples: [{ command: "cbr help exit-codes", description: "The contract for scripts" }],
  args: {
    topic: "exit-codes, environment, output, auth or verdict; or a command"
  },
  about: {
    "exit-codes": "what each exit code means, and whether a retry can help",
    environment: "every variable that is read",
    output: "the formats of -o",
    auth: "the sources of credentials, in order",
    verdict: "the verdicts on a backup, and their meaning for check --healthy"
  },
  exitCodes: {
    header: ["Code", "Meaning", "A retry can help"],
    /** Between the meanings of one code. */
    or: "; ",
    retry: { no: "no", later: "later", item: "per item", none: "" },
    check: `\`cbr check\` has the codes of a monitoring plugin: ${monitoringCodes.join(", ")}, also for usage errors and failures; a backup that is not found is CRITICAL (--exit-style cli: ${exitCodes.Different} when a rule failed, the codes above else).`
  },
  environment: [
    ["CBR_TOKEN", "a token of IAM, or the key of a proxy"],
    [
      "HUAWEICLOUD_SDK_AK, _SK, _SECURITY_TOKEN",
      "an access key; also CLOUD_SDK_AK, HW_ACCESS_KEY and OS_ACCESS_KEY with theirs"
    ],
    ["HW_AUTH_TOKEN, OS_AUTH_TOKEN, OS_TOKEN", "a token of IAM"],
    [
      "OS_USERNAME, OS_PASSWORD, OS_USER_DOMAIN_NAME",
      "a user of IAM; HW_USER_NAME, HW_USER_PASSWORD and HW_DOMAIN_NAME override these"
    ],
    ["OS_PROJECT_DOMAIN_NAME", "the domain of a project that is given by name"],
    ["OS_CLOUD, OS_CLIENT_CONFIG_FILE", "a cloud of clouds.yaml, and its file if not the usual one"],
    ["HUAWEICLOUD_SDK_IDP_ID, _ID_TOKEN_FILE", "a federated user: the identity provider, and the token's file"],
    ["HUAWEICLOUD_SDK_CREDENTIALS_FILE", "the SDKs' file of credentials, if not the usual one"],
    ["HC_CONTAINER_CREDENTIALS_FULL_URI", "the address of a pod's credentials"],
    [
      "CBR_IAM_ENDPOINT, HUAWEICLOUD_SDK_IAM_ENDPOINT",
      "the address of IAM; for OS_* and HW_* credentials OS_AUTH_URL or HW_AUTH_URL"
    ],
    ["CBR_STS_ENDPOINT, HUAWEICLOUD_SDK_STS_ENDPOINT", "the address of STS, which names the owner of an access key"],
    ["CBR_SIGNING", "V11-HMAC-SHA256: sign with it instead of SDK-HMAC-SHA256"],
    ["HUAWEICLOUD_SDK_REGIONS_FILE", "the SDKs' file of addresses, if not the usual one"],
    ["HTTPS_PROXY, NO_PROXY", "a proxy for https addresses, and the hosts without one; in lower case too, as in curl"],
    ["CBR_CA_FILE", "PEM file of authorities to trust beside the usual ones"],
    ["CBR_METADATA", "off: do not ask the ECS metadata for credentials"],
    ["LC_ALL, LC_MESSAGES, LANG", "the language without --lang: Chinese for zh, else English"],
    ["TERM, CI", "dumb, or set: no live view, no prompt"]
  ] as ReadonlyArray<readonly [string, string]>,
  output: {
    table:
      "for people, also called text: one backup as a card, several as a line each; the default on a terminal, and in a pipe for all commands but show, list, tree and watch",
    json: "the service's own object without loss; many make an array; the default of show and list in a pipe, and with --query",
    yaml: "the same as YAML, a document each",
    ndjson: "the same as JSON, a line for each backup or finding; the default of watch in a pipe",
    tree: "the backup, its children and replications, with marks",
    csv: "comma-separated, with a header; a cell that a spreadsheet would compute gets an apostrophe in front",
    tsv: "tab-separated, with a header; \\t, \\n, \\r and \\\\ stand for a tab, the ends of a line and a backslash; an apostrophe as in csv",
    value: "bare values, a line each, in which \\n and the like stand for what would end it; best with --query",
    openmetrics: "gauges for a collector of metrics"
  } satisfies Readonly<Record<FormatName, string>>,
  verdict: {
    before:
      "The first line of `cbr show` has the verdict. It names the gravest of several reasons first. If the service leaves out any field but a status, that is no reason.",
    header: ["Verdict", "When", "check --healthy"],
    after:
      "A backup in progress is OK if the same check finds another backup of the same resource that is whole and keeps the rules. With `--degraded critical` a degraded backup is CRITICAL."
  },
  auth: {
    order: "The first source that is set up is used:",
    place: (name: string, how: string | undefined): string => (how === undefined ? name : `${name}: ${how}`),
    places: {
      environment: "CBR_TOKEN, or an access key such as HUAWEICLOUD_SDK_AK with HUAWEICLOUD_SDK_SK",
      "environment, by password": "OS_USERNAME, OS_PASSWORD and OS_USER_DOMAIN_NAME",
      "clouds.yaml":
        "the cloud that OS_CLOUD names, in OS_CLIENT_CONFIG_FILE, or clouds.yaml here, in ~/.config/openstack or /etc/openstack",
      federation: "HUAWEICLOUD_SDK_IDP_ID and HUAWEICLOUD_SDK_ID_TOKEN_FILE",
      profile: "what `cbr configure` saved, chosen by CBR_PROFILE or its default; a profile of --profile comes first",
      "the SDKs' file": "~/.huaweicloud/credentials, or HUAWEICLOUD_SDK_CREDENTIALS_FILE",
      KooCLI: "its configuration is not read; cbr only says that it exists",
      "pod identity": "HC_CONTAINER_CREDENTIALS_FULL_URI",
      "ECS metadata": "the agency of the server that this runs on, unless CBR_METADATA is off"
    } satisfies Readonly<Record<CredentialPlace, string>>,
    never: "A secret is never a flag: process lists and shell histories show flags."
  }
}
