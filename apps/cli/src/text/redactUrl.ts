/** Masks the user and the password of an address. */
export const redactUrl = (address: string): string => address.replace(/^([^@]*?:\/\/)?.*@/s, "$1***@")
