import type { CredentialDetails, SecretFault, SecretName, SecretPlace, Sentences } from "../FailureDetails.ts"

const noneOf = (variables: ReadonlyArray<ReadonlyArray<string>>): string =>
  `none of ${variables.map((together) => together.join(" with ")).join(", ")} is set`

const secrets: Readonly<Record<SecretName, string>> = {
  token: "the token",
  "access-key-id": "the access key id",
  "secret-access-key": "the secret access key",
  "security-token": "the security token",
  password: "the password"
}

const secretFaults: Readonly<Record<SecretFault, (character: string) => string>> = {
  quoted: () => "stands in quotation marks: take them away",
  "utf-16": () => "holds zero bytes, as text in UTF-16 does: save it as UTF-8",
  invisible: (character) => `holds the invisible character ${character}: write it anew without it`,
  other: () => "holds a space, a line break or another character that no key or token has"
}

const secretAt = ({ file, profile, setting }: SecretPlace): string => {
  const of = profile === undefined ? file : `profile ${profile}`
  return of === undefined ? setting : `${setting} of ${of}`
}

const bare = ({ file, profile }: CredentialDetails["profile-without-credential"]): string =>
  `profile ${profile} of ${file} has no token, no key and no password`

/** The sentences of credentials. */
export const credentials: Sentences<CredentialDetails> = {
  "no-credentials": ({ searched }, say) =>
    `no credentials: ${searched.map(({ place, reason }) => `${place}: ${say(reason)}`).join("; ")}`,
  "none-set": ({ unread = [], variables }) =>
    noneOf(variables) +
    (unread.length === 0 ? "" : `; ${unread.join(", ")} ${unread.length === 1 ? "is" : "are"} set, and not read`),
  "agency-not-assumed": ({ agency, ak }) =>
    `HW_ASSUME_ROLE_AGENCY_NAME names ${agency}, and is not read: the key of ${ak} is used with its own rights; name the agency in a profile`,
  "no-credentials-in-environment": ({ variables }) => `no credentials in the environment: ${noneOf(variables)}`,
  "neither-set": ({ variables: [one, other] }) => `neither ${one} nor ${other} is set`,
  "half-set": ({ missing, set }) => `${set} is set, but ${missing} is not`,
  "password-half-set": ({ missing, needed: [user, password, domain] }) =>
    `a token by password needs ${user}, ${password} and ${domain}; ${missing} is not set`,
  "switched-off": ({ variable }) => `switched off by ${variable}`,
  "no-key-or-token": () => "neither an access key (ak and sk) nor a token was given",
  "profile-without-credential": bare,
  "no-credential-for-agency": (facts) => `${bare(facts)} to assume its agency with`,
  "profile-incomplete": ({ file, missing, needed, profile }) =>
    `profile ${profile} of ${file} needs ${needed.join(", ")} together; ${missing.join(" and ")} is missing`,
  "no-such-profile": ({ file, profile, profiles }) =>
    `${file} has no profile ${JSON.stringify(profile)}; it has ${profiles.length === 0 ? "none" : profiles.join(", ")}`,
  "no-cloud-named": ({ file }) =>
    file === undefined ? "OS_CLOUD is not set" : `${file} is there, but OS_CLOUD names no cloud of it`,
  "clouds-not-read": () => "OS_CLOUD is set, but clouds.yaml is read in Node alone",
  "no-such-cloud": ({ cloud, clouds, file }) =>
    file === undefined
      ? `OS_CLOUD names ${JSON.stringify(cloud)}, but there is no clouds.yaml here, in ~/.config/openstack or in /etc/openstack`
      : `${file} has no cloud ${JSON.stringify(cloud)}; it has ${clouds.length === 0 ? "none" : clouds.join(", ")}`,
  "cloud-incomplete": ({ cloud, file, missing }) =>
    `cloud ${cloud} of ${file} has no token, no access key, and no whole password: ${missing} is missing`,
  "cloud-auth-unread": ({ auth_type, cloud, file }) =>
    `cloud ${cloud} of ${file} has the auth_type ${auth_type}, of which nothing is read: use password or token`,
  "profile-without-file": ({ by, file, profile }) =>
    `${by} names ${JSON.stringify(profile)}, but there is no ${file ?? "folder for profiles.json"}`,
  "iam-address-needed": ({ by }) =>
    `${by === "agency" ? "an agency" : by} needs IAM's address (CBR_IAM_ENDPOINT or a region)`,
  "iam-and-project-needed": () =>
    "a token needs IAM's address (CBR_IAM_ENDPOINT or a region) and a project (its id, its name or a region)",
  "secret-empty": ({ secret }) => `${secrets[secret]} is empty`,
  "secret-unsendable": ({ at, character = "", fault, secret }) =>
    `${at === undefined ? secrets[secret] : secretAt(at)} ${secretFaults[fault](character)}`,
  "key-held-back": ({ refusal, seconds }, say) =>
    `this key was refused and is not sent for ${seconds} s, lest it be locked; the refusal: ${say(refusal)}`,
  "credential-held-back": ({ refusal, seconds }, say) =>
    `this credential was refused and is not used for ${seconds} s; the refusal: ${say(refusal)}`,
  "not-asked-again": ({ refusal, seconds }, say) => `${say(refusal)} (not asked again for ${seconds} s)`
}
