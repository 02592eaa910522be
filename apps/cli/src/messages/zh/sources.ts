import type { SettingSource } from "../../values/SettingSource.ts"
import { placeName } from "./credentialPlaces.ts"

/** 值的来源。 */
export const source = (from: SettingSource): string => {
  if ("profile" in from) return `配置 ${from.profile}`
  if ("cloud" in from) return `云 ${from.cloud}`
  if ("place" in from) return placeName(from.place)
  if ("follows" in from) return "区域"
  return "flag" in from ? from.flag : from.variable
}
