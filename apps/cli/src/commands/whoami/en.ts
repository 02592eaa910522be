import type { Credential } from "@cbr/client"

/** The words of `cbr whoami` in English. */
export const en = {
  short: "Show the credential, region and endpoint of a call",
  long: "Show the credential, region, endpoint and project of a call: each with its source, and the values that it overrides.",
  examples: [{ command: "cbr whoami --verify", description: "And verify it with a call" }],
  labels: { credential: "Credential", region: "Region", endpoint: "Endpoint", project: "Project" },
  user: "User",
  account: "Account",
  untold: "unknown",
  identityUntold: {
    Token: "unknown: the IAM of this endpoint is not set (CBR_IAM_ENDPOINT)",
    AccessKey: "unknown: the STS of this endpoint is not set (CBR_STS_ENDPOINT)"
  } satisfies Readonly<Record<Credential["_tag"], string>>,
  unset: "not set",
  from: (place: string) => `from ${place}`,
  overridden: (place: string) => `from ${place}, not used`,
  verified: "the service accepts this credential"
}
