/** Whether a flag of this type, as the library tells it, is there or not there, and needs no value. */
export const isSwitch = (type: string): boolean => type === "boolean" || type === "[=boolean]"
