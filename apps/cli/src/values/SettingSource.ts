/** The place of a value, or the setting that it follows from. */
export type SettingSource =
  /** The flag with its dashes, as `--region`. */
  | { readonly flag: string }
  | { readonly variable: string }
  | { readonly profile: string }
  /** A cloud of `clouds.yaml`. */
  | { readonly cloud: string }
  /** A place of the credentials' chain. */
  | { readonly place: string }
  | { readonly follows: "region" }
