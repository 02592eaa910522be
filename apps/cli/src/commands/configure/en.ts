import { listOf } from "../../messages/en/phrases.ts"

/** The words of `cbr configure` in English. */
export const en = {
  short: "Save credentials and defaults as a profile",
  long: "Save credentials and defaults as a profile. A secret comes by prompt or standard input, never as a flag.",
  examples: [
    { command: "cbr configure", description: "Ask for everything" },
    {
      command: "cbr configure work --region cn-north-4 --ak AK --secret-stdin < secret",
      description: "Without a terminal"
    }
  ],
  args: {
    newProfile: "name of the profile; default: that of --profile, or `default`"
  },
  flags: {
    ak: "access key id",
    secretStdin: "read the secret access key from standard input",
    tokenStdin: "read a token from standard input"
  },
  region: "Region (such as cn-north-4)",
  projectId: "Project id (empty: the region's default)",
  ak: "Access key id (AK)",
  sk: "Secret access key (SK)",
  verify: "Verify it with a call now?",
  verified: (name: string) => `the service accepts the credential of ${name}`,
  correct: (name: string) => `the profile ${name} is saved; correct it with \`cbr configure ${name}\``,
  before: (name: string, variables: ReadonlyArray<string>) =>
    `${listOf(variables)} ${variables.length === 1 ? "is" : "are"} set, and ${
      variables.length === 1 ? "overrides" : "override"
    } ${name} unless --profile names it`,
  next: (command: string) => `next: ${command}`,
  noSecret: "the access key id has no secret, and there is no terminal to ask for it",
  nothing: "nothing to save: no region, project, endpoint or credential was given",
  giveSomething: "give them as flags, or run it in a terminal to be asked",
  twoNames: "two names were given",
  noName: "a profile needs a name",
  giveOne: "give one name, such as `cbr configure work`",
  noProject: "it is not a project id, which has 1 to 64 letters, digits, - or _",
  giveProject: "find it in the console, under My Credentials; without one, the default project of the region is used",
  noKey: "it is not an access key id: it is empty, or has a space, a `:`, a `/` or another invalid character",
  giveKey: "give the id of the access key (AK), not its secret",
  emptySecret: "the secret is empty",
  notAlone: "it is more than a secret: it has spaces or line breaks inside",
  endless: (bytes: number) => `it is too long for a secret: more than ${bytes} bytes`,
  giveAlone: "give the secret alone; nothing was saved",
  giveSecret: "give the secret on standard input with --secret-stdin",
  saved: (name: string, file: string) => `profile ${name} is saved in ${file}`,
  oneSecret: "--token-stdin and --secret-stdin exclude each other: standard input holds one secret",
  oneCredential: "--ak and --token-stdin exclude each other: a profile has one credential",
  secretNeedsKey: "--secret-stdin needs --ak: a secret is useless without the id of its key"
}
