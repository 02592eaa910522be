import type { Configuration } from "./Configuration.ts"
import { startOnly } from "./SettingFacts.ts"
import { type Tree, valueAt, withValueAt } from "./SettingTree.ts"

/** The settings that wait for the next start: they are read at the start, and would be read otherwise now. */
export const changedSince = (start: Configuration, now: Configuration): ReadonlyArray<string> => {
  const changed = startOnly
    .filter((path) => JSON.stringify(valueAt(start, path)) !== JSON.stringify(valueAt(now, path)))
    .map((path) => path.join("."))
  // The files of an identity are followed; whether there is one is not.
  return speaksTls(start) === speaksTls(now) ? changed : [...changed, "listen.tls"]
}

/** The configuration in force in a proxy that was started with another. */
export const inForceSince = (start: Configuration, now: Configuration): Configuration => {
  const mixed = startOnly.reduce<Tree>((tree, path) => withValueAt(tree, path, valueAt(start, path)), now)
  const tls = speaksTls(start) ? (now.listen.tls ?? start.listen.tls) : undefined
  return withValueAt(mixed, ["listen", "tls"], tls) as Configuration
}

const speaksTls = ({ listen }: Configuration): boolean => listen.tls !== undefined
