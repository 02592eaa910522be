/** The id of a backup in the examples of the help, which the simulated cloud has too. */
export const exampleId = "6df2b54c-dd62-4059-a07c-1b8f24f2725d"
