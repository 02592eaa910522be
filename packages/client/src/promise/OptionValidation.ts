import { InvalidRequest } from "../errors/ShowBackupError.ts"

/** The given options: `null` counts as absent. */
export const given = <Options extends object>(options: Options | null | undefined): Options =>
  Object.fromEntries(Object.entries(options ?? {}).filter(([, value]) => value !== null)) as Options

/** The fault of options of the wrong type, as a program without types may give them; `type` is that of `typeof`. */
export const faultOfTypes = (
  type: "string" | "function",
  options: Readonly<Record<string, unknown>>
): InvalidRequest | undefined => {
  const wrong = Object.keys(options).find((option) => options[option] !== undefined && typeof options[option] !== type)
  return wrong === undefined ? undefined : notOfType(wrong, `a ${type}`)
}

/** The error of an option that has the wrong type. */
export const notOfType = (option: string, type: string): InvalidRequest =>
  new InvalidRequest({ detail: { code: "not-of-type", option, type } })
