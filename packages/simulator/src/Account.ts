import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"

/** A project of the account. IAM names the default project of a region after the region. */
export interface Project {
  readonly id: string
  readonly name: string
}

/**
 * The owner of this cloud: one user of one domain, with one permanent access key.
 * Nothing in here is a secret: the values are fixed, so that
 * documentation and shell history can quote them.
 */
export class Account extends Context.Service<
  Account,
  {
    readonly region: string
    readonly domain: { readonly id: string; readonly name: string }
    readonly user: { readonly id: string; readonly name: string; readonly password: Redacted.Redacted<string> }
    readonly accessKey: { readonly ak: string; readonly sk: Redacted.Redacted<string> }
    /** A role that the user may assume. */
    readonly agency: { readonly name: string; readonly domain: string }
    /** An identity provider that the account trusts, and an id token of it. */
    readonly federation: { readonly idp_id: string; readonly id_token: Redacted.Redacted<string> }
    /** The token of a pod with an identity. */
    readonly pod: { readonly token: Redacted.Redacted<string> }
    /** The first one is the project of the built-in backups. */
    readonly projects: readonly [Project, ...ReadonlyArray<Project>]
  }
>()("@cbr/simulator/Account") {
  /**
   * The account that the simulator serves.
   *
   * @param ownedProjects ids of further projects (those that fixtures name); each is called by its id.
   */
  static readonly layer = (ownedProjects: Iterable<string>): Layer.Layer<Account> =>
    Layer.sync(Account, () => {
      const further = new Set(ownedProjects)
      for (const project of defaultProjects) further.delete(project.id)
      return Account.of({
        region: defaultProjects[0].name,
        domain: { id: "5f2d2c3b1a0948e7b6c5d4e3f2a1b0c9", name: "simulated-domain" },
        user: {
          id: "7c6b5a493827160594837261504f3e2d",
          name: "developer",
          password: Redacted.make("simulatedPassword-1", { label: "simulated password" })
        },
        accessKey: {
          ak: "SIMULATEDACCESSKEY01",
          sk: Redacted.make("simulatedSecretKeyForDevelopmentOnly0001", { label: "simulated SK" })
        },
        agency: { name: "simulated-agency", domain: "simulated-domain" },
        federation: {
          idp_id: "simulated-idp",
          id_token: Redacted.make("simulatedIdTokenForDevelopmentOnly", { label: "simulated id token" })
        },
        pod: { token: Redacted.make("simulatedPodTokenForDevelopmentOnly", { label: "simulated pod token" }) },
        projects: [...defaultProjects, ...Array.from(further, (id) => ({ id, name: id }))]
      })
    })
}

const defaultProjects: readonly [Project, Project] = [
  { id: "4229d7a45436489f8c3dc2b1d35d4987", name: "cn-north-4" },
  { id: "0605767a7f8025d82fe7c00ee3f2c2f4", name: "ap-southeast-1" }
]
