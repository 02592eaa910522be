/** Where a value was found, or what it follows from. */
export type SettingSource =
  /** With its dashes, as `--region`. */
  | { readonly flag: string }
  | { readonly variable: string }
  | { readonly profile: string }
  /** A cloud of `clouds.yaml`. */
  | { readonly cloud: string }
  /** A place of the credentials' chain. */
  | { readonly place: string }
  | { readonly follows: "region" }
