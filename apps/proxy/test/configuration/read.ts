import { Result } from "effect"
import * as Text from "../../src/configuration/ConfigurationText.ts"

/** The configuration with these sections, and no caller in it. */
export const configurationWith = (sections: object) =>
  Result.getOrThrow(Text.read(JSON.stringify({ callers: {}, credentials: {}, projects: {}, ...sections })))
    .configuration
