import { type Credential, type CredentialPlace, type FailureDetail, failureText } from "@cbr/client"
import { type LocalizedText, type Drift, driftText, type Finding, type Language } from "@cbr/domain"
import type * as CliError from "effect/cli/CliError"
import { exitCodes, monitoringCodes } from "../ExitCodes.ts"
import type { FormatName } from "../output/FormatName.ts"
import type { Unit } from "../output/RelativeTime.ts"
import type { Source } from "../Source.ts"
import type { WrongValue } from "../WrongValue.ts"
import { commands } from "./en/commands.ts"
import { expected } from "./en/expectations.ts"
import { flags } from "./en/flags.ts"
import { queryFault } from "./en/queryFaults.ts"

const listOf = (parts: ReadonlyArray<string>) => parts.join(" and ")

const counted = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`

const source = (from: Source): string => {
  if ("profile" in from) return `profile ${from.profile}`
  if ("cloud" in from) return `cloud ${from.cloud}`
  if ("place" in from) return from.place
  if ("follows" in from) return from.follows
  return "flag" in from ? from.flag : from.variable
}

/** English. */
export const en = {
  /** For times and numbers. */
  locale: "en" as Language,

  fromNow: (count: string, unit: Unit, isPast: boolean): string => {
    const length = `${count} ${unit}${count === "1" ? "" : "s"}`
    return isPast ? `${length} ago` : `in ${length}`
  },

  /** This language's text of the two that the core's tables hold. */
  pick: (text: LocalizedText): string => text.en,

  /** What a failure was, in a sentence. */
  detail: (detail: FailureDetail): string => failureText(detail),

  /** A place of the credentials' chain. */
  place: (name: string): string => name,

  /** What is said of something, after its name. */
  named: (name: string, said: string): string => `${name}: ${said}`,

  /** What is said of something in brackets after it. */
  aside: (said: string): string => ` (${said})`,

  /** Several things one after another. */
  listed: (parts: ReadonlyArray<string>): string => parts.join(", "),

  /** What an unknown word may have meant. */
  meant: (near: string): string => `did you mean ${near}?`,

  /** Between two sentences in one line. */
  between: "; ",

  /** What a value should be. */
  expected,

  /** Where a value was found. */
  source,

  commands,
  flags,

  args: {
    ids: "backup ids, region/project/id, or full addresses; - reads them from standard input: a line each, or JSON with ids",
    id: "a backup id, region/project/id, or the full address of the call",
    shell: "bash, zsh, fish or powershell",
    topic: "exit-codes, environment, output, auth or verdict; or a command",
    simulate: "a command to run with the simulated cloud's settings, after --; without one they are printed",
    profilesAction: "ls (or list), use or rm; ls unless given",
    profile: "name of a profile; use and rm need it",
    newProfile: "name of the profile; that of --profile, or `default`, unless given",
    watched: "backup ids, region/project/id, or full addresses",
    diffSide: "a backup (as for show), a file that `show -o json` saved, or - for standard input",
    explain:
      "a field such as replication_records.status, a value such as waiting_protect, an error by its name or title, or a code of the service such as APIGW.0301; all fields and errors unless given"
  },

  help: {
    usage: "USAGE",
    arguments: "ARGUMENTS",
    commands: "COMMANDS",
    flags: "FLAGS",
    everywhere: "FLAGS OF EVERY COMMAND",
    examples: "EXAMPLES",
    /** The parser's own flags. */
    builtIn: { help: "show this help", version: "show the version" } as Readonly<Record<string, string>>
  },

  failure: {
    exit: (code: number) => `exit ${code}`,
    what: "what:  ",
    why: "why:   ",
    next: "next:  ",
    ids: "ids:   ",
    request: (id: string, time: string) => `request ${id}  time ${time}`,
    errorCode: (code: string) => `error code ${code}`,
    attempts: (count: number) => counted(count, "attempt", "attempts"),
    clockOff: (seconds: number) =>
      `set the clock: it is ${Math.abs(seconds)} s ${seconds < 0 ? "behind" : "ahead of"} the service's`,
    comeBack: (seconds: number) => `come back in ${seconds} s`,
    untrusted: "check the endpoint; for a private certificate authority set CBR_CA_FILE to its certificate"
  },

  bug: (what: string, exitCode: number) =>
    `cbr: a fault in cbr itself: ${what} (exit ${exitCode}); please report it with the command line, what it says with --debug, and \`cbr --version\``,

  outputLost: (code: string, exitCode: number) =>
    `cbr: standard output cannot be written (exit ${exitCode})\n  why:   ${code}${
      code === "ENOSPC" ? ", the disk is full" : ""
    }\n  next:  what was written so far is not whole; make room, then run the command again`,

  wrongUse: {
    title: "wrong use",
    next: (usage: string, command: string) => `usage: ${usage} (more: ${command} --help)`,
    reason: (error: Exclude<CliError.CliError, CliError.InvalidValue>): string => wrongUseOf(error),
    value: (wrong: WrongValue): string => wrongValueOf(wrong),
    rules: {
      noBackup: "Missing required argument: ID (or --from, for a saved response)",
      eitherIdOrFrom: "ID and --from exclude each other: a backup of the service, or a saved response",
      oneSecret: "--token-stdin and --secret-stdin exclude each other: standard input holds one secret",
      oneCredential: "--ak and --token-stdin exclude each other: a profile has one credential",
      secretNeedsKey: "--secret-stdin needs --ak: a secret is of no use without the id of its key",
      noProfileName: "Missing required argument: NAME, the profile to use or to remove",
      listsAll: "profiles ls shows all of them, and takes no NAME",
      noCondition: "Missing required flag: --for (or --until-exists, for a backup that is not there yet)",
      fromIsOne: "--from reads one response: give one ID to check it against, or none"
    }
  },

  wrongId: {
    title: "not a backup",
    why: "it is neither a backup id (a UUID), nor region/project/id, nor the address of the call",
    next: "give an id such as 6df2b54c-dd62-4059-a07c-1b8f24f2725d; nothing was sent",
    notJson: (start: string) => `it begins as JSON (${start}…), but as a whole it is not JSON`,
    endless: (characters: number) => `it has a line of more than ${characters} characters`,
    lines: "give an id a line, or JSON: texts, or objects with an id or a backup_id, in an array or a line each"
  },

  foreignAddress: {
    why: (origin: string) => `${origin} is neither CBR's in a known region nor the configured endpoint`,
    next: (origin: string) => `if you trust it with your credentials, give --endpoint ${origin}; nothing was sent`
  },

  otherRegion: {
    why: (region: string, place: string) =>
      `it is of the region ${region}, and nothing says that the address of ${place} is`,
    next: (region: string, place: string) =>
      `give the address with --endpoint, or set CBR_REGION to ${region}, if it serves that region; else take ${place} away; nothing was sent`
  },

  /** What is worth knowing and no failure. */
  note: (text: string) => `cbr: note: ${text}`,

  /** That a region given by a flag leaves these unused. */
  setAside: (flag: string, places: ReadonlyArray<Source>) =>
    `cbr: note: ${flag} was given, so ${listOf(places.map(source))} ${places.length === 1 ? "is" : "are"} not used`,

  /** Of an attempt that --debug tells. */
  attempt: {
    request: (id: string) => `request ${id}`,
    again: (wait: string) => `again in ${wait}`
  },

  timeout: {
    /** `from` is the flag, the variable or the profile that set the limit. */
    why: (time: string, from: Source, answered: number | undefined) =>
      `the command was not over within ${time} (${source(from)})${
        answered === undefined ? "" : `; ${counted(answered, "backup was", "backups were")} answered for by then`
      }`,
    next: "allow more time with --timeout, or see with --debug what takes so long",
    noTime: (key: string, text: string) => `its ${key} is ${text}, which is no time from 1ms to 24h`,
    giveTime: "save it again with `cbr configure`, such as --timeout 10m"
  },

  trace: {
    title: "trace file cannot be written",
    checkFile: "give a file that can be written to, or leave out --trace-file"
  },

  missing: {
    settings: "settings missing",
    credentials: "no credentials in any of these places:",
    project: (variables: ReadonlyArray<string>) =>
      `no project id: looked for ${["--project-id", ...variables].join(", ")}`,
    giveProject: "give --project-id",
    giveProfile: "choose a profile with --profile, or see `cbr profiles`",
    giveEndpoint: "give --region or --endpoint",
    correct: "correct that setting, which `cbr whoami` helps to find; nothing was sent",
    begin:
      "save a key and a region with `cbr configure`, see what is missing with `cbr doctor`, or try all of it without an account with `cbr simulate`; nothing was sent"
  },

  saved: {
    title: "saved response cannot be used",
    standardInput: "standard input",
    unreadable: (reason: string) => `it cannot be read: ${reason}`,
    /** By the name that the platform gives the reason. */
    reasons: {
      NotFound: "no such file",
      PermissionDenied: "permission denied",
      BadResource: "it is not a file"
    } as Readonly<Record<string, string>>,
    checkFile: "check the path; `-` reads standard input",
    notText: "it is neither UTF-8 nor UTF-16 text",
    tooLarge: (bytes: number) => `it is larger than ${bytes} bytes`,
    saveAgain: "save the whole answer of the service, as `cbr show ID -o json` prints it",
    otherBackup: (found: string) => `it holds the backup ${found}`,
    askForThat: "leave out ID, or give the one that the file holds"
  },

  query: {
    title: "query cannot be used",
    faults: queryFault,
    constant: "it looks at no field of the answer, so it is always the same",
    missing: (name: string) => `the answer has no field ${name}`,
    noTest: (value: string) => `it gives ${value}, which is neither true nor false`,
    compare:
      "compare a field, such as --for \"query=backup.status=='available'\"; the quotes of the shell go around all of it",
    next: "see https://jmespath.org for the language; an example: --query 'backup.children[].status'"
  },

  gauges: {
    none: "its gauges are of whole backups: there are none of anything else, nor of what --query makes of one",
    next: "give another -o; or have the gauges of `cbr show ID -o openmetrics`, and alerts over them"
  },

  dryRun: {
    canonicalRequest: "Canonical request:",
    stringToSign: "String to sign:",
    note: "cbr: nothing was sent"
  },

  /** That a call lasts longer than one should. */
  underWay: (what: string, time: string) => `${what}: no answer for ${time} yet; Ctrl-C ends`,

  progress: (done: number, failed: number) => `${done} done${failed === 0 ? "" : `, ${failed} failed`}`,

  drift: {
    note: (paths: ReadonlyArray<string>) =>
      `cbr: note: ${counted(
        paths.length,
        "field came",
        "fields came"
      )} with another type than documented and not shown (-o json has all): ${paths.slice(0, 5).join(", ")}${
        paths.length > 5 ? ", …" : ""
      }`,
    none: "no drift: the answer is as the API's page has it",
    departure: (drift: Drift): string => departureOf(drift),
    line: (drift: Drift): string => `${drift.path}: ${departureOf(drift)}`,
    kinds: {
      WrongType: "wrong type",
      UndocumentedField: "undocumented field",
      UndocumentedValue: "undocumented value"
    } satisfies Readonly<Record<Drift["kind"], string>>,
    refused: "answer departs from the API's page",
    more: (first: string, others: number) => (others === 0 ? first : `${first} (and ${others} more)`),
    seeDrift: "see all of it with `cbr drift`, or leave out --strict"
  },

  watch: {
    asking: "asking …",
    notThereYet: "not there yet: the service answers 404",
    gone: "gone: the service answers 404",
    missed: "no answer yet",
    missedInARow: (count: number) => `${counted(count, "look", "looks")} in a row failed`,
    unknownStatus: (status: string) => `status ${status} is not a documented one`,
    /** The last line of a live view: what is waited for, for how long it has gone on, and what it has left. */
    footer: (awaited: string | undefined, elapsed: string, left: string | undefined, quitBy: string) =>
      `  ${awaited === undefined ? elapsed : `waiting for ${awaited}`}${left === undefined ? "" : `, ${left} left`}  ${quitBy} ends`
  },

  wait: {
    condition: "condition not understood",
    notACondition: (text: string, near: string | undefined) =>
      `${JSON.stringify(text)} is no condition${near === undefined ? "" : `; did you mean ${near}?`}`,
    conditionNext:
      "conditions: status=available,error  exists  deleted  replicated=REGION  children=available  restorable[=backup|snapshot]  query=JMESPATH",
    met: (condition: string) => `${condition} is met`,
    begins: (condition: string, left: string | undefined) =>
      `waiting for ${condition}${left === undefined ? "" : `, ${left} at most`}`,
    notYet: (why: string) => `not yet: ${why}`,
    withLeft: (said: string, left: string | undefined) => (left === undefined ? said : `${said} (${left} left)`),
    neverThere: "backup not found",
    neverSeen: "the first look found no such backup: it was deleted before, or never there",
    checkIds: "check the backup id, the project and the region, or leave out --must-exist"
  },

  whoami: {
    labels: { credential: "Credential", region: "Region", endpoint: "Endpoint", project: "Project" },
    user: "User",
    account: "Account",
    /** What a call proves: the credential, in a region or at an address. */
    proving: (place: string | undefined) => (place === undefined ? "the credential" : `the credential in ${place}`),
    untold: "not told",
    identityUntold: {
      Token: "not told: no IAM of this endpoint is known (CBR_IAM_ENDPOINT)",
      AccessKey: "not told: no STS of this endpoint is known (CBR_STS_ENDPOINT)"
    } satisfies Readonly<Record<Credential["_tag"], string>>,
    unset: "not set",
    from: (place: string) => `from ${place}`,
    overridden: (place: string) => `of ${place}, not used`,
    verified: "the service knows this credential"
  },

  doctor: {
    steps: {
      signature: "Signature",
      settings: "Settings",
      proxy: "Proxy",
      dns: "DNS",
      tcp: "TCP",
      tunnel: "Tunnel",
      tls: "TLS",
      clock: "Clock",
      call: "Call"
    },
    signatureRight: "a known request is signed as it should be",
    signatureWrong: "a known request is signed wrongly on this machine",
    noProxy: "no proxy variable is set",
    proxyUsed: (proxy: string) => `calls go by way of ${proxy} (HTTPS_PROXY)`,
    proxyPassed: "HTTPS_PROXY is set, and not used for this address (plain HTTP, or NO_PROXY)",
    plainHttp: "plain HTTP: the endpoint has no TLS",
    noDate: "the endpoint tells no date that can be right",
    skew: (seconds: number, isCorrected: boolean) =>
      seconds === 0
        ? "the service and this machine agree"
        : `the service is ${Math.abs(seconds)} s ${seconds < 0 ? "behind" : "ahead of"} this machine${isCorrected ? "; the client corrects it: it signs by the service's clock" : ""}`,
    accepted: "the credential is accepted",
    fixDns: "check the region or the endpoint, and the name server",
    fixTcp: "check firewall and route to the endpoint",
    fixProxyDns: "check HTTPS_PROXY, and the name server",
    fixProxyTcp: "check HTTPS_PROXY, and that the proxy runs",
    fixTunnel: "have the proxy let the endpoint through; on 407 it asks for http://USER:PASSWORD@… in HTTPS_PROXY",
    fixTls: "check the certificate authorities (CBR_CA_FILE), and who answers there"
  },

  profiles: {
    none: "no profiles; make one with `cbr configure`",
    unknown: "no such profile",
    unusable: "profile cannot be used",
    has: (names: ReadonlyArray<string>) => (names.length === 0 ? "there is none" : `there are ${names.join(", ")}`),
    configure: "make it with `cbr configure NAME`",
    noHome: "this user has no home folder",
    noFolder: "no folder can be made there",
    giveFolder: "set HOME or XDG_CONFIG_HOME to a folder that can be written to",
    unreadable: "profiles cannot be read",
    mendFile: "mend the file, or move it away and run `cbr configure`",
    unwritable: "profiles cannot be saved",
    locked: "another cbr is changing them, and does not come to an end",
    removeLock: (file: string) => `run it again; if no other cbr is running, remove ${file} before`,
    done: {
      use: (name: string) => `cbr: ${name} is the default profile now`,
      rm: (name: string) => `cbr: profile ${name} is gone`
    },
    saved: (name: string, file: string) => `cbr: profile ${name} is saved in ${file}`
  },

  configure: {
    region: "Region (such as cn-north-4)",
    projectId: "Project id (empty: the region's own)",
    ak: "Access key id (AK)",
    sk: "Secret access key (SK)",
    verify: "Verify it by a call now?",
    verified: (name: string) => `cbr: the service knows the credential of ${name}`,
    correct: (name: string) => `the profile ${name} is saved; correct it with \`cbr configure ${name}\``,
    before: (name: string, variables: ReadonlyArray<string>) =>
      `cbr: note: ${listOf(variables)} ${variables.length === 1 ? "is" : "are"} set, and ${
        variables.length === 1 ? "goes" : "go"
      } before ${name} unless --profile names it`,
    next: (command: string) => `cbr: next: ${command}`,
    noSecret: "there is an access key id, and no terminal to ask for its secret on",
    nothing: "nothing to save: no region, project, endpoint or credential was given",
    giveSomething: "give them as flags, or run it in a terminal to be asked",
    twoNames: "two names were given",
    noName: "a profile needs a name",
    giveOne: "give one name, such as `cbr configure work`",
    noProject: "it is no project id: 1 to 64 letters, digits, - or _",
    giveProject: "find it in the console, under My Credentials; without one, the region's own is asked for",
    noKey: "it is no access key id: it is empty, or holds a space, a `:`, a `/` or another character that none has",
    giveKey: "give the id of the access key (AK), not its secret",
    emptySecret: "there is no secret",
    notAlone: "there is more than a secret: spaces or line breaks stand within",
    endless: (bytes: number) => `it is more than any secret: over ${bytes} bytes`,
    giveAlone: "give the secret alone; nothing was saved",
    giveSecret: "give the secret on standard input with --secret-stdin"
  },

  simulate: {
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
  },

  topics: {
    about: {
      "exit-codes": "what each exit code means, and whether a retry can help",
      environment: "every variable that is read",
      output: "the formats of -o",
      auth: "where credentials are looked for, in order",
      verdict: "how a backup is said to be, and what check --healthy makes of it"
    },
    exitCodes: {
      header: ["Code", "Meaning", "A retry can help"],
      /** Between the meanings of one code. */
      or: "; ",
      retry: { no: "no", later: "later", item: "per item", none: "" },
      check: `\`cbr check\` has the codes of a monitoring plugin: ${monitoringCodes.join(", ")}, as wrong use and faults of any kind are; a backup that is not found is CRITICAL (--exit-style cli: ${exitCodes.Different} when a rule failed, the codes above else).`
    },
    environment: [
      ["CBR_TOKEN", "a token of IAM, or the key of a proxy"],
      [
        "HUAWEICLOUD_SDK_AK, _SK, _SECURITY_TOKEN",
        "an access key; CLOUD_SDK_AK, HW_ACCESS_KEY and OS_ACCESS_KEY with theirs likewise"
      ],
      ["HW_AUTH_TOKEN, OS_AUTH_TOKEN, OS_TOKEN", "a token of IAM"],
      [
        "OS_USERNAME, OS_PASSWORD, OS_USER_DOMAIN_NAME",
        "a user of IAM; HW_USER_NAME, HW_USER_PASSWORD and HW_DOMAIN_NAME go before these"
      ],
      ["OS_PROJECT_DOMAIN_NAME", "the domain of a project that a token is asked for by its name"],
      ["OS_CLOUD, OS_CLIENT_CONFIG_FILE", "a cloud of clouds.yaml, and the file where it is not the usual one"],
      ["HUAWEICLOUD_SDK_IDP_ID, _ID_TOKEN_FILE", "a federated user: the identity provider, and the token's file"],
      ["HUAWEICLOUD_SDK_CREDENTIALS_FILE", "the SDKs' file of credentials, where it is not the usual one"],
      ["HC_CONTAINER_CREDENTIALS_FULL_URI", "where a pod has its credentials from"],
      [
        "CBR_IAM_ENDPOINT, HUAWEICLOUD_SDK_IAM_ENDPOINT",
        "the address of IAM; for OS_* and HW_* credentials OS_AUTH_URL or HW_AUTH_URL"
      ],
      ["CBR_STS_ENDPOINT, HUAWEICLOUD_SDK_STS_ENDPOINT", "the address of STS, which tells whose an access key is"],
      ["CBR_SIGNING", "V11-HMAC-SHA256: sign by that, not by SDK-HMAC-SHA256"],
      ["HUAWEICLOUD_SDK_REGIONS_FILE", "the SDKs' file of addresses, where it is not the usual one"],
      [
        "HTTPS_PROXY, NO_PROXY",
        "a proxy for https addresses, and the hosts that go without; in lower case too, as curl reads them"
      ],
      ["CBR_CA_FILE", "PEM file of authorities to trust beside the usual ones"],
      ["CBR_METADATA", "off: ask no ECS metadata for credentials"],
      ["LC_ALL, LC_MESSAGES, LANG", "the language, where --lang does not say: Chinese for zh, else English"],
      ["TERM, CI", "dumb, or set: no live view, no prompt"]
    ] as ReadonlyArray<readonly [string, string]>,
    output: {
      table:
        "for a reader, also called text: one backup as a card, several a line each with the verdict; the default on a terminal, and but for show and watch in a pipe",
      json: "the service's own object without loss; many make an array; the default of show in a pipe, and with --query",
      yaml: "the same as YAML, a document each",
      ndjson: "the same as JSON, a line for each backup or finding; the default of watch in a pipe",
      tree: "the backup, its children and replications, with marks",
      csv: "comma-separated, with a header; a cell that a spreadsheet would compute has an apostrophe in front",
      tsv: "tab-separated, with a header; \\t, \\n, \\r and \\\\ stand for a tab, the ends of a line and a backslash; an apostrophe as in csv",
      value: "bare values, a line each, in which \\n and the like stand for what would end it; best with --query",
      openmetrics: "gauges for a collector of metrics"
    } satisfies Readonly<Record<FormatName, string>>,
    verdict: {
      before:
        "The first line of show; of several reasons the gravest comes first. What a field does not say is not said for it.",
      header: ["Verdict", "When", "check --healthy"],
      after:
        "In progress is OK while another whole backup of the same resource is checked too, and keeps the rules. `--degraded critical` has degraded as CRITICAL."
    },
    auth: {
      order: "The first that is set up serves:",
      place: (name: string, how: string | undefined): string => (how === undefined ? name : `${name}: ${how}`),
      places: {
        environment: "CBR_TOKEN, or an access key such as HUAWEICLOUD_SDK_AK with HUAWEICLOUD_SDK_SK",
        "environment, by password": "OS_USERNAME, OS_PASSWORD and OS_USER_DOMAIN_NAME",
        "clouds.yaml":
          "the cloud that OS_CLOUD names, in OS_CLIENT_CONFIG_FILE, or clouds.yaml here, in ~/.config/openstack or /etc/openstack",
        federation: "HUAWEICLOUD_SDK_IDP_ID and HUAWEICLOUD_SDK_ID_TOKEN_FILE",
        profile:
          "what `cbr configure` saved, chosen by CBR_PROFILE or its default; chosen by --profile it stands first",
        "the SDKs' file": "~/.huaweicloud/credentials, or HUAWEICLOUD_SDK_CREDENTIALS_FILE",
        KooCLI: "nothing is read of it, but it is told that it is there",
        "pod identity": "HC_CONTAINER_CREDENTIALS_FULL_URI",
        "ECS metadata": "the agency of the server that this runs on, unless CBR_METADATA is off"
      } satisfies Readonly<Record<CredentialPlace, string>>,
      never: "A secret is never a flag: process lists and shell histories show flags."
    }
  },

  diff: { none: "no difference" },

  explain: {
    unknown: "nothing to explain",
    unknownWhy:
      "it is no field of the API's page, no documented value, no kind of error, and no code of the service whose meaning is known",
    unknownNext: "see all of them with `cbr explain`",
    types: {
      string: "text",
      integer: "integer",
      boolean: "true or false",
      time: "time",
      object: "object",
      array: "list",
      verdict: "verdict",
      value: "value",
      error: "error"
    }
  },

  check: {
    noRules: "no rule was given, so there is nothing to check",
    lateWarning: "the warning of --warn-age would never come: --max-age ends before it",
    warnEarlier: "give a --warn-age below --max-age",
    onlyDegraded: "--degraded says how grave a degraded backup is to --healthy, which was not given",
    giveHealthy: "give --healthy too, or leave out --degraded",
    noIds: "standard input names no backup",
    giveIds: "give ids there, a line each",
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
    /** Of rules that were looked at, of backups that are not there, and of backups that could not be had. */
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
        ...(backups === 0 ? [] : [`${counted(backups, "backup", "backups")} not looked at`])
      ]),
    /** After the verdict of one backup, where its health was a rule. */
    allKept: (count: number, verdict: string | undefined) =>
      verdict === undefined
        ? `${counted(count, "rule", "rules")} kept`
        : count === 1
          ? verdict
          : `${verdict}; ${count} rules kept`,
    meanwhile: (verdict: string, other: string) => `${verdict}; meanwhile ${other} keeps the rules`
  },

  show: {
    labels: {
      backup: "Backup",
      id: "ID",
      status: "Status",
      description: "Description",
      resource: "Resource",
      kind: "Kind",
      created: "Created",
      protected: "Protected",
      updated: "Updated",
      expires: "Expires",
      restore: "Restore",
      encrypted: "Encrypted",
      images: "Images",
      vault: "Vault",
      project: "Project",
      parent: "Part of",
      children: "Children",
      replications: "Replications"
    },
    absent: "not said",
    restoreUnsaid: "not said; the page's default is na",
    /** Columns of several backups. */
    list: { verdict: "Verdict", age: "Age", time: "Time", id: "ID", resource: "Resource", why: "Why" },
    undocumented: "not a documented value",
    yes: "yes",
    no: "no",
    past: "past",
    size: (gigabytes: number) => `${gigabytes} GB`,
    zone: (name: string) => `in ${name}`,
    enterpriseProject: (id: string) => `enterprise project ${id}`,
    incremental: "incremental",
    full: "full",
    scheduled: "by schedule",
    byHand: "by hand",
    systemDisk: "system disk",
    withSystemDisk: "with system disk",
    lazyLoading: "lazy loading",
    multiAz: "multi-AZ",
    encryptedChild: "encrypted"
  }
}

const departureOf = (drift: Drift): string => {
  const { actual, expected } = driftText(drift)
  return `expected ${expected.en}, got ${actual.en}`
}

const wrongUseOf = ({ _tag, message }: CliError.CliError): string => {
  const rules: Readonly<Record<string, string>> = en.wrongUse.rules
  return (_tag === "ValidationError" ? rules[message] : undefined) ?? message
}

const wrongValueOf = ({ fault, name, of }: WrongValue): string => {
  const named = { flag: `flag --${name}`, variable: `variable ${name}`, argument: `argument <${name}>` }[of]
  switch (fault.code) {
    case "missing":
      return `Missing value for ${named}. Expected ${fault.stands}`
    case "repeated":
      return `Too many values for ${named}: it was given ${fault.times} times, and takes one value`
    case "none-taken":
      return `Invalid value for ${named}: ${fault.word} takes none`
    case "unexpected":
      return `Invalid value ${fault.value === undefined ? `in ${named}` : `for ${named}: "${fault.value}"`}. ${expected(fault.expectation)}`
  }
}
