import { Redacted } from "effect"
import type { Loaded } from "../../src/configuration/ConfigurationFile.ts"
import type { CredentialSection } from "../../src/configuration/CredentialSection.ts"
import { defaultConfiguration } from "../../src/reload/ConfigSnapshot.ts"

/** A configuration with one credential, `main`, of this secret. */
export const loadedWith = (credential: CredentialSection, secret: Redacted.Redacted<string>): Loaded => ({
  configuration: { ...defaultConfiguration, credentials: { main: credential } },
  secrets: new Map([["main", secret]]),
  accessKeySecrets: new Map(),
  redis: { password: undefined, sealingKeys: [] },
  keys: [],
  warnings: [],
  keys_file: undefined,
  tls: undefined,
  files: [],
  fingerprint: ""
})
