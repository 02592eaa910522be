import type { RestoreAction, Verdict } from "@cbr/domain"
import type { MarkState } from "../../contract/FleetDigest.ts"
import type { ResourceReason } from "../../contract/ResourceVerdict.ts"
import type { Fault } from "../Fault.ts"
import type { WaitCondition } from "../WaitCondition.ts"

/** The page's own words in one language; what is said of a backup is the domain's. */
export interface Words {
  readonly title: string
  readonly otherLanguage: string
  readonly signIn: {
    readonly heading: string
    readonly lead: string
    readonly label: string
    readonly hint: string
    readonly submit: string
    readonly busy: string
    readonly wrong: string
    readonly empty: string
    readonly signOut: string
  }
  readonly faults: Readonly<Record<Fault["kind"], string>>
  readonly again: string
  readonly loading: string
  readonly projects: {
    readonly heading: string
    readonly none: string
    readonly unknown: string
    readonly label: string
    readonly submit: string
  }
  readonly stream: {
    readonly connecting: string
    readonly live: string
    readonly lost: string
    readonly troubled: string
    readonly off: string
  }
  readonly verdicts: Readonly<Record<Verdict, string>>
  readonly reasons: Readonly<Record<ResourceReason, string>>
  readonly newer: { readonly f: string; readonly u: string; readonly q: string }
  readonly marks: Readonly<Record<MarkState, string>>
  readonly replicated: string
  readonly notReplicated: string
  readonly fleet: {
    readonly heading: string
    readonly allGood: (total: number, span: string) => string
    readonly someBad: (bad: number, total: number, span: string) => string
    readonly incomplete: string
    readonly empty: string
    readonly noMatch: string
    readonly shown: (shown: number, total: number) => string
    readonly search: string
    readonly anyVerdict: string
    readonly verdict: string
    readonly anyVault: string
    readonly vault: string
    readonly anyType: string
    readonly type: string
    readonly maxAge: string
    readonly clear: string
    readonly columns: {
      readonly verdict: string
      readonly name: string
      readonly newest: string
      readonly strip: string
      readonly size: string
      readonly vault: string
    }
    readonly nameless: string
    readonly never: string
    readonly ago: (age: string) => string
    readonly legend: string
    readonly today: string
    readonly daysAgo: string
    readonly expected: string
    readonly stripText: (counts: string) => string
    readonly changed: (name: string) => string
  }
  readonly span: (hours: number) => string
  readonly resource: {
    readonly unknown: string
    readonly backups: string
    readonly compare: string
    readonly compareHint: string
    readonly choose: (name: string) => string
    readonly taken: string
    readonly state: string
    readonly copy: string
    readonly open: string
    readonly noBackups: string
  }
  readonly backup: {
    readonly of: string
    readonly taken: string
    readonly expires: string
    readonly never: string
    readonly size: string
    readonly vault: string
    readonly made: string
    readonly bySchedule: string
    readonly byHand: string
    readonly notSaid: string
    readonly gone: string
    readonly changed: string
    readonly lifeCycle: string
    readonly here: string
    readonly goneStep: string
    readonly parts: string
    readonly systemDisk: string
    readonly encrypted: string
    readonly noParts: string
    readonly copies: string
    readonly noCopies: string
    readonly copyTo: (region: string) => string
    readonly aRegion: string
    readonly progress: string
    readonly restore: string
    readonly possible: string
    readonly impossible: string
    readonly because: (field: string, expected: string, actual: string) => string
    readonly missing: string
    readonly fields: string
    readonly absentFields: (count: number) => string
    readonly whileRestored: string
    readonly whenFailed: string
    readonly fieldsHint: string
    readonly drift: string
    readonly departs: (expected: string, actual: string) => string
    readonly json: string
    readonly jsonAsItCame: string
    readonly jsonLaidOut: string
    readonly lines: string
    readonly linesHint: string
    readonly copyText: string
    readonly copied: string
  }
  readonly actions: Readonly<Record<RestoreAction, string>>
  readonly diff: {
    readonly heading: string
    readonly before: string
    readonly after: string
    readonly field: string
    readonly same: string
    readonly nothing: string
    readonly changes: (count: number) => string
    readonly swap: string
  }
  readonly tell: {
    readonly heading: string
    readonly when: string
    readonly region: string
    readonly submit: string
    readonly waiting: string
    readonly cancel: string
    readonly goals: Readonly<Record<WaitCondition["kind"], string>>
    readonly reached: (goal: string) => string
    readonly cannot: (goal: string) => string
    readonly quiet: string
    readonly tooMany: string
    readonly lost: string
    readonly dismiss: string
  }
  readonly nav: { readonly fleet: string; readonly skip: string; readonly path: string; readonly notices: string }
}
