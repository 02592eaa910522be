import type { PlatformError } from "effect/PlatformError"

/** Why a file cannot be read, and what to do about it. */
export const whyUnread = ({ reason }: PlatformError): string => {
  switch (reason._tag) {
    case "NotFound":
      return "there is no such file: correct its name, or create it"
    case "PermissionDenied":
      return "this user may not: change its owner or its mode"
    default:
      return "it is no file, or its disk is in trouble: name a file"
  }
}

/** Why a file cannot be written, and what to do about it. */
export const whyUnwritten = ({ reason }: PlatformError): string => {
  switch (reason._tag) {
    case "NotFound":
      return "there is no such folder: correct its name, or create it"
    case "PermissionDenied":
      return "this user may not: change the owner or the mode of its folder"
    default:
      return "its folder is none, or the disk is full or in trouble"
  }
}
