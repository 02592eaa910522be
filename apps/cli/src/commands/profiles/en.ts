/** The words of `cbr profiles` in English. */
export const en = {
  short: "List, choose and remove profiles",
  long: "List the profiles that `cbr configure` saved, choose the default (use), or remove one (rm).",
  examples: [{ command: "cbr profiles use work", description: "Make it the default" }],
  args: {
    profilesAction: "ls (or list), use or rm; default: ls",
    profile: "name of a profile; use and rm need it"
  },
  none: "no profiles; make one with `cbr configure`",
  unknown: "no such profile",
  has: (names: ReadonlyArray<string>) =>
    names.length === 0 ? "there are no profiles" : `there are ${names.join(", ")}`,
  configure: "make it with `cbr configure NAME`",
  done: {
    use: (name: string) => `${name} is the default profile now`,
    rm: (name: string) => `profile ${name} is removed`
  },
  noProfileName: "Missing required argument: NAME, the profile to use or to remove",
  listsAll: "profiles ls shows all of them, and takes no NAME"
}
