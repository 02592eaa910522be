import type { UnreadableFault } from "@cbr/domain"
import type { QueryFaultReason } from "../jmespath/QueryFault.ts"

/**
 * The facts of each failure by its code, as a sentence about it needs them.
 *
 * To add one: a line here, then the sentence of its code in the table of the same area beside this file, and the Chinese
 * one in the command line's `messages/zh/clientFailures`. The compiler asks for both, and for a sample in the test of the two.
 * Facts are plain JSON: names, numbers, other details, and the words of others that stay as they are. No fact is a
 * secret. No fact is called `message`. All stand in one file, since details stand within details.
 * @category Errors
 * @since 0.2.0
 */
export interface FailureDetails
  extends ConnectionDetails, AnswerDetails, CredentialDetails, FileDetails, SettingDetails, ConditionDetails {}

/**
 * The codes of failures.
 * @category Errors
 * @since 0.2.0
 */
export type FailureCode = keyof FailureDetails

/**
 * A failure: its code, and the facts of that code.
 * @category Errors
 * @since 0.2.0
 */
export type FailureDetail = { readonly [C in FailureCode]: DetailOf<C> }[FailureCode]

/**
 * The detail of one code.
 * @category Errors
 * @since 0.2.0
 */
export type DetailOf<Code extends FailureCode> = { readonly code: Code } & Readonly<FailureDetails[Code]>

/**
 * The services that are called.
 * @category Errors
 * @since 0.2.0
 */
export type Service = "CBR" | "IAM" | "STS" | "ecs-metadata" | "pod-identity"

/** The other end of a connection: the host that is called, or a proxy on the way. */
interface Peer {
  /** Name, or address and port. */
  host: string
  isProxy?: true
  /** The code of the operating system or the transport, such as `ECONNREFUSED`. */
  system_code?: string
}

/**
 * The failures of connections: a request got no answer.
 * @category Errors
 * @since 0.2.0
 */
export interface ConnectionDetails {
  "name-not-found": Peer
  "not-connected": Peer
  "certificate-not-trusted": Peer
  "no-tls": Peer
  "connection-broken": Peer
  /** The transport failed with an error of no known network failure; `error` is its name, and it is the failure's `cause`. */
  "no-answer": { host: string; error: string }
  /** A proxy opened no tunnel. */
  "tunnel-refused": Peer
  /** A proxy answered 407. */
  "proxy-wants-login": Peer
  "address-not-callable": { origin: string }
  "no-answer-within": { service: Service; seconds: number }
  /** The time of the call over all its attempts; `last` is the failure of the last one. */
  "no-backup-within": { seconds: number; last?: FailureDetail }
  /** A proxy's caller waits no longer. */
  "no-answer-for-caller": { milliseconds: number }
  /** A proxy's caller leaves less time than a call takes. */
  "caller-leaves-no-time": { milliseconds: number }
  /** Seconds until the circuit lets a call through; absent while one call tries it. */
  "circuit-open": { host: string; seconds?: number; last?: FailureDetail }
  "circuit-is": { host: string; state: "Closed" | "HalfOpen" | "Open" }
}

/**
 * One of several resources of one name: its id, and the id and time of its newest backup.
 * @category Errors
 * @since 0.2.0
 */
export interface NamedResource {
  readonly id: string
  readonly newest?: string
  readonly created_at?: string
}

/**
 * The failures of answers: those that an answer tells, and those of an answer that lacks something.
 * @category Errors
 * @since 0.2.0
 */
export interface AnswerDetails {
  /** A status that is no success, with the service's code and words, redacted. */
  answered: {
    by: Service | "proxy"
    status: number
    error_code?: string
    error_msg?: string
    /** The failure of a proxy, if its words are the sentence of that failure. */
    failure?: FailureDetail
  }
  "backup-unreadable": { fault: UnreadableFault }
  /** No backup is of this resource, which the request names by its id or its name. */
  "no-backup-of-resource": { by: "resource_id" | "resource_name"; resource: string }
  /** A server that ignores `sort`. */
  "list-unsorted": object
  /** A server that ignores `offset`, or whose list changes faster than it is read. */
  "list-unpaged": object
  /** A server that refuses `show_replication`: the client asked for the list without it. */
  "list-without-copies": object
  /**
   * A saved page of a list: by its own numbers more backups match than it has, or others come before it; or more may
   * match, since it is as long as its limit, or has a number that cannot be read.
   */
  "list-saved-in-part": { received: number; count?: number; limit?: number; offset?: number }
  "answer-too-large": { service: Service; bytes: number }
  "answer-compressed": { service: Service }
  "answer-not-text": { service: Service }
  "answer-without-projects": object
  "answer-without-token": object
  "answer-without-federated-token": object
  "answer-without-identity": { service: Service }
  "answer-without-key": { service: Service }
  /** Words of other programs, and those of a newer version whose code this version does not know. */
  other: { message: string }
}

/**
 * The names of the secrets in a credential.
 * @category Errors
 * @since 0.2.0
 */
export type SecretName = "token" | "access-key-id" | "secret-access-key" | "security-token" | "password"

/**
 * The reason why a text is no secret: quotation marks, zero bytes, an invisible character, or another character that no
 * secret has.
 * @category Errors
 * @since 0.2.0
 */
export type SecretFault = "quoted" | "utf-16" | "invisible" | "other"

/**
 * The place of a secret: a variable, or a field of a profile or of a file.
 * @category Errors
 * @since 0.2.0
 */
export interface SecretPlace {
  readonly setting: string
  readonly profile?: string
  readonly file?: string
}

/**
 * A place of the credentials' chain where nothing served.
 * @category Errors
 * @since 0.2.0
 */
export interface SearchedPlace {
  /** Name of the link: a `CredentialPlace`, or that of a link of the caller's own. */
  readonly place: string
  readonly reason: FailureDetail
  /** Whether the place may have a credential later without a change of this machine's settings. */
  readonly may_come?: boolean
}

/**
 * Why there is no credential, or none that may be sent.
 * @category Errors
 * @since 0.2.0
 */
export interface CredentialDetails {
  "no-credentials": { searched: ReadonlyArray<SearchedPlace> }
  /** None of these variables, or pairs of variables, is set. The `unread` are set, and only other programs read them. */
  "none-set": { variables: ReadonlyArray<ReadonlyArray<string>>; unread?: ReadonlyArray<string> }
  /** Terraform would assume the agency; this client uses its key without the agency. */
  "agency-not-assumed": { agency: string; ak: string }
  "no-credentials-in-environment": { variables: ReadonlyArray<ReadonlyArray<string>> }
  "neither-set": { variables: readonly [string, string] }
  "half-set": { set: string; missing: string }
  "password-half-set": { needed: readonly [user: string, password: string, domain: string]; missing: string }
  "switched-off": { variable: string }
  "no-key-or-token": object
  "profile-without-credential": { profile: string; file: string }
  "no-credential-for-agency": { profile: string; file: string }
  "profile-incomplete": { profile: string; file: string; needed: ReadonlyArray<string>; missing: ReadonlyArray<string> }
  "no-such-profile": { profile: string; file: string; profiles: ReadonlyArray<string> }
  /** `OS_CLOUD` is not set, though there is a `file`. */
  "no-cloud-named": { file?: string }
  /** `OS_CLOUD` is set, and nothing here reads YAML. */
  "clouds-not-read": object
  /** No file has the cloud that `OS_CLOUD` names; without `file`, there is no file. */
  "no-such-cloud": { cloud: string; file?: string; clouds: ReadonlyArray<string> }
  "cloud-incomplete": { cloud: string; file: string; missing: string }
  "cloud-auth-unread": { cloud: string; file: string; auth_type: string }
  /** A profile is named by `by`, and there is no file of profiles; without `file`, no folder for one either. */
  "profile-without-file": { profile: string; by: string; file?: string }
  "iam-address-needed": { by: "agency" | "federation" }
  "iam-and-project-needed": object
  "secret-empty": { secret: SecretName }
  /** The `character` that is not seen, by its code point: `U+200B`. */
  "secret-unsendable": { secret: SecretName; at?: SecretPlace; fault: SecretFault; character?: string }
  /** A refused key is kept from the service. */
  "key-held-back": { seconds: number; refusal: FailureDetail }
  /** A credential that was refused is used by no replica of a proxy. */
  "credential-held-back": { seconds: number; refusal: FailureDetail }
  /** A refused password or id token is not sent again. */
  "not-asked-again": { seconds: number; refusal: FailureDetail }
}

/**
 * One fault in a file, by its path.
 * @category Errors
 * @since 0.2.0
 */
export interface FileFault {
  readonly path: ReadonlyArray<string>
  readonly fault: "missing" | "unexpected" | "wrong"
  /** Name of the type that was expected in the place of a wrong value. */
  readonly expected?: "string" | "object"
}

/**
 * The failures of files.
 * @category Errors
 * @since 0.2.0
 */
export interface FileDetails {
  "no-home-folder": object
  "no-file": { file: string }
  "no-default-profile": { file: string }
  "file-of-koocli": { file: string }
  /** `reason` is the platform's name of it, such as `PermissionDenied`. */
  "file-unreadable": { file: string; holds?: "id-token" | "pod-token"; reason: string }
  "file-not-text": { file: string; holds?: "id-token" | "pod-token" }
  "file-empty": { file: string; holds: "id-token" }
  "not-json": { file: string }
  "not-yaml": { file: string }
  "not-a-regular-file": { file: string }
  "file-not-as-expected": { file: string; faults: ReadonlyArray<FileFault> }
  /** Anyone may change it; `mode` in octal. */
  "file-open-to-change": { file: string; mode: string }
  /** Others may read it. */
  "file-open-to-read": { file: string; mode: string }
  "file-of-another-user": { file: string; uid: number }
  /** A file of another user that root still uses. */
  "file-lent-by-user": { file: string; uid: number }
  "no-basic-section": { file: string }
  "basic-section-empty": { file: string }
  "basic-section-half": { file: string; set: string; missing: string }
  "not-a-regions-file": { file: string }
  "authorities-unusable": { file: string; reason: FailureDetail }
  "no-such-file": object
  "file-not-open": object
  "file-is-folder": object
  "certificate-in-der": { file: string }
  "no-certificate-in-file": object
}

/**
 * Why an address is no origin.
 * @category Errors
 * @since 0.2.0
 */
export type AddressFault = "no-url" | "no-http" | "with-user" | "with-path" | "with-query"

/**
 * The addresses that can be set.
 * @category Errors
 * @since 0.2.0
 */
export type AddressSetting = "endpoint" | "iam-endpoint" | "sts-endpoint"

/**
 * A setting or an argument that cannot be right.
 * @category Errors
 * @since 0.2.0
 */
export interface SettingDetails {
  /** No variable names an endpoint; with `of`, no option does. */
  "no-endpoint": { of?: "options" }
  "not-a-region": { region: string; nearest: ReadonlyArray<string> }
  "region-without-cbr": { region: string; nearest: ReadonlyArray<string> }
  "project-of-other-region": { project: string; region: string }
  "signing-unsupported": { algorithm: string }
  "signing-needs-region": object
  "not-an-address": { setting: AddressSetting; fault: AddressFault }
  /** A variable, or a field of a profile or of a file; its value may hold a password. */
  "not-an-iam-address": { setting: string; profile?: string; file?: string }
  "not-http": { variable: string }
  /** `HTTPS_PROXY`; it is not shown, since it may hold a password. */
  "undici-missing": object
  "https-proxy-unusable": { fault: "no-address" | "with-path" | "lone-percent" }
  "project-needs-iam": object
  "project-needs-region": object
  /** The number of projects of the name, and the projects that the account has. */
  "no-one-project": {
    name: string
    count: number
    projects: ReadonlyArray<{ readonly id: string; readonly name: string }>
  }
  /** Parameters of a list that are not as the page has them, each with its value as JSON. */
  "list-parameters-malformed": { parameters: ReadonlyArray<{ readonly name: string; readonly value: string }> }
  /** Neither an id nor a name of a server or disk is given. */
  "resource-missing": object
  /** Several servers or disks that have backups have one name. */
  "several-resources": { name: string; resources: ReadonlyArray<NamedResource> }
  /** Neither a client of promises nor its call names a project. */
  "project-missing": object
  "ids-malformed": { fields: ReadonlyArray<"project_id" | "backup_id"> }
  "not-a-time": { option: string }
  /** A value of another type, as a program without types may give. */
  "not-of-type": { option: string; type: string }
  "not-milliseconds": { option: string }
  "not-a-count": { option: string; least: number }
  "not-an-amount": { option: string }
  "negative-time": { option: string }
}

/**
 * The failures of waits, the reasons of a pending condition, and the failures of a condition's text.
 * @category Errors
 * @since 0.2.0
 */
export interface ConditionDetails {
  "condition-impossible": { condition: string; reason: FailureDetail }
  "condition-not-met-within": { condition: string; milliseconds: number; last: FailureDetail }
  "condition-not-met-at-end": { condition: string; last: FailureDetail }
  "condition-not-met-by-saved": { condition: string; reason: FailureDetail }
  "no-look-yet": object
  "look-failed": { reason: FailureDetail }
  "backup-gone": object
  /** The status of the backup; with `path`, that of a part. */
  "status-is": { status: string; path?: string }
  "status-missing": { path?: string }
  "no-replication": { region: string }
  /** `progress` in percent, if the service gave it. */
  "replication-is": { region: string; status?: string; progress?: number }
  /** The restore mode of the backup; absent if the service did not give it. */
  "restore-mode-is": { mode?: string }
  "test-not-held": object
  /** A field that the test misses in the answer, and one that may be meant. */
  "test-gives": { value: string; missing?: string; near?: string }
  "not-there-yet": object
  "several-reasons": { reasons: ReadonlyArray<FailureDetail> }
  "deletion-undone": { status: string }
  "replication-ended": { region: string; status: string; reasons: ReadonlyArray<string> }
  "condition-not-text": object
  "no-condition": object
  "deleted-with-others": object
  "replicated-needs-region": object
  "restorable-mode-unknown": { near?: string }
  "not-a-status": { status: string; near?: string }
  "not-a-condition": { condition: string; near?: string }
  /** An expression that cannot be a condition; `why` says the reason in English. */
  "not-a-query": { query: string; reason: QueryFaultReason; why: string }
  /** A condition is `query=…`, and nothing here reads expressions. */
  "query-not-read": object
}

/**
 * A sentence for each code: of its facts, and of a way to say the details among them.
 * @category Errors
 * @since 0.2.0
 */
export type Sentences<Details> = {
  readonly [Code in keyof Details]: (facts: Readonly<Details[Code]>, say: (detail: FailureDetail) => string) => string
}
