import type { SettingSource } from "../../values/SettingSource.ts"

/** The source of a value, in English. */
export const source = (from: SettingSource): string => {
  if ("profile" in from) return `profile ${from.profile}`
  if ("cloud" in from) return `cloud ${from.cloud}`
  if ("place" in from) return from.place
  if ("follows" in from) return from.follows
  return "flag" in from ? from.flag : from.variable
}
