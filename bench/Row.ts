/** The result of a peer, and the project's ratio to it. */
export interface Compared {
  readonly name: string
  readonly value: number
  /** The project's figure in the peer's. */
  readonly ratio: number
  /** The ratio that is asked for: at least where more is better, at most where less is. */
  readonly goal?: number | undefined
}

/** One thing that is measured, of the project and of its peers, in one run. */
export interface Row {
  readonly what: string
  readonly unit: string
  readonly better: "more" | "less"
  readonly value: number
  readonly peers: ReadonlyArray<Compared>
  /** The figure itself that is asked for, where there is no peer. */
  readonly goal?: number | undefined
}

/** A row that could not be measured, and why. */
export interface Skipped {
  readonly what: string
  readonly skipped: string
}

/** Whether a figure is on the right side of its goal; `undefined` without one. */
export const isMet = (better: Row["better"], value: number, goal: number | undefined): boolean | undefined =>
  goal === undefined ? undefined : better === "more" ? value >= goal : value <= goal

/** The middle one; of two the larger. */
export const median = (values: ReadonlyArray<number>): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN

/** Figures by contender, one of each round. */
export type Rounds = ReadonlyMap<string, ReadonlyArray<number>>

/**
 * The row of interleaved rounds: each contender's median, and the median of the ratios within a round. Other load of
 * the machine meets both contenders alike.
 *
 * @param own the contender that is the project's
 */
export const rowOf = (
  { better, unit, what }: Pick<Row, "what" | "unit" | "better">,
  own: string,
  rounds: Rounds,
  goals: Readonly<Record<string, number>>
): Row => {
  const ours = rounds.get(own) ?? []
  const peers = [...rounds].filter(([name]) => name !== own)
  return {
    what,
    unit,
    better,
    value: median(ours),
    peers: peers.map(([name, theirs]) => ({
      name,
      value: median(theirs),
      ratio: median(ours.map((value, round) => value / (theirs[round] ?? Number.NaN))),
      goal: goals[name]
    }))
  }
}
