import type { Credential } from "@cbr/client"

/** The words of `cbr whoami` in English. */
export const en = {
  short: "As whom and where a call would be made",
  long: "As whom and where a call would be made: each setting with the place that it comes from, and those it overrides.",
  examples: [{ command: "cbr whoami --verify", description: "And prove it by a call" }],
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
}
