import { buildBoard } from "../build.ts"

/** Builds the page before the first test. */
export const setup = async (): Promise<void> => {
  await buildBoard()
}
