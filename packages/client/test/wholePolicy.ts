import { firstAttempts } from "../src/resilience/FirstAttempt.ts"

// Every call goes by its whole policy from the beginning.
firstAttempts.areOn = false
