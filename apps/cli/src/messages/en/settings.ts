import type { SettingSource } from "../../values/SettingSource.ts"
import { counted, listOf } from "./phrases.ts"
import { source } from "./sources.ts"

/** The words of settings, profiles and time limits, in English. */
export const settings = {
  foreignAddress: {
    why: (origin: string) => `${origin} is neither CBR's in a known region nor the configured endpoint`,
    next: (origin: string) => `if you trust it with your credentials, give --endpoint ${origin}; nothing was sent`
  },

  otherRegion: {
    why: (region: string, place: string) =>
      `the backup is in region ${region}, and the region of the address from ${place} is unknown`,
    next: (region: string, place: string) =>
      `give the address with --endpoint, or set CBR_REGION to ${region} if it serves that region; else unset ${place}; nothing was sent`
  },

  /** The note on settings that the region of a flag leaves unused. */
  setAside: (flag: string, places: ReadonlyArray<SettingSource>) =>
    `${flag} was given, so ${listOf(places.map(source))} ${places.length === 1 ? "is" : "are"} not used`,

  timeout: {
    /** `from` is the flag, the variable or the profile that set the limit. */
    why: (time: string, from: SettingSource, answered: number | undefined) =>
      `the command did not finish within ${time} (${source(from)})${
        answered === undefined ? "" : `; ${counted(answered, "backup was", "backups were")} answered by then`
      }`,
    next: "allow more time with --timeout, or find what takes so long with --debug",
    waitLonger: "wait again, or allow more time with --timeout",
    noTime: (key: string, text: string) => `its ${key} is ${text}, not a time from 1ms to 24h`,
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
    region:
      "correct the region where it is set: --region, CBR_REGION or the profile, as `cbr whoami` shows; nothing was sent",
    giveEndpoint: "give --region or --endpoint",
    correct: "correct that setting; `cbr whoami` shows where it is set; nothing was sent",
    begin:
      "save a key and a region with `cbr configure`, find what is missing with `cbr doctor`, or try everything without an account with `cbr simulate`; nothing was sent"
  },

  /** The subject of a verification: the credential, in a region or at an address. */
  proving: (place: string | undefined) => (place === undefined ? "the credential" : `the credential in ${place}`),

  profiles: {
    unusable: "profile cannot be used",
    noHome: "this user has no home folder",
    noFolder: "no folder can be made there",
    giveFolder: "set HOME or XDG_CONFIG_HOME to a folder that can be written to",
    unreadable: "profiles cannot be read",
    mendFile: "correct the file, or move it away and run `cbr configure`",
    unwritable: "profiles cannot be saved",
    locked: "another cbr process has locked them",
    removeLock: (file: string) => `run it again; if no other cbr is running, delete ${file} first`
  }
}
