import type { Format } from "./Format.ts"
import { json } from "./json.ts"
import { text } from "./text.ts"

/** Every format by the name that `--output` takes; the first is the default. */
export const formats = { text, json } satisfies Readonly<Record<string, Format>>
