import { InvalidRequest } from "../errors/ShowBackupError.ts"

/** The options that were given: `null` is as if one were not. */
export const given = <Options extends object>(options: Options | null | undefined): Options =>
  Object.fromEntries(Object.entries(options ?? {}).filter(([, value]) => value !== null)) as Options

/** What a program without types gets wrong of options, if anything: each is of the type that `typeof` tells. */
export const faultOfTypes = (
  type: "string" | "function",
  options: Readonly<Record<string, unknown>>
): InvalidRequest | undefined => {
  const wrong = Object.keys(options).find((option) => options[option] !== undefined && typeof options[option] !== type)
  return wrong === undefined ? undefined : notOfType(wrong, `a ${type}`)
}

/** That an option is not what it has to be. */
export const notOfType = (option: string, type: string): InvalidRequest =>
  new InvalidRequest({ detail: { code: "not-of-type", option, type } })
