/** An address as it may be shown: a password does not belong in one, and may stand there all the same. */
export const redactUrl = (address: string): string => address.replace(/^([^@]*?:\/\/)?.*@/s, "$1***@")
