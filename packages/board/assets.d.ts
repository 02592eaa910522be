/** A file of the board. */
export interface Asset {
  /** Its media type. */
  readonly type: string
  readonly text: string
}

/** Each file of the board by its name below the board's path; the page itself has an empty one. Written by the build. */
export declare const assets: Readonly<Record<string, Asset>>
