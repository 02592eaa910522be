import type { Timestamp } from "@cbr/domain"
import * as DateTime from "effect/DateTime"

/** `2026-01-02 03:04:05 UTC`: a time that came without a zone is UTC, and the text says so. */
export const utcTime = (timestamp: Timestamp): string =>
  DateTime.formatIso(timestamp.utc)
    .replace("T", " ")
    .replace(/\.\d+Z$/, " UTC")
