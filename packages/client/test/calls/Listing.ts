import type { ResiliencePolicy } from "@cbr/client"
import { type Answer, inMemory } from "../InMemoryTransport.ts"
import { clientLayer, request } from "../TestClient.ts"

export const { project_id } = request

/** A backup of a scripted list. */
export interface Made {
  readonly id: string
  /** When it was made, in hours of 2026. */
  readonly hour: number
  readonly status?: string
  readonly resource_id?: string
  readonly resource_name?: string
  readonly replication_records?: ReadonlyArray<{ readonly destination_region: string; readonly status: string }>
}

/** A service that filters names in part, and heeds neither times nor anything else but order and pages. */
export class Listing {
  /** The queries that came, in order. */
  readonly queries: Array<URLSearchParams> = []
  readonly client

  constructor(
    all: ReadonlyArray<Made>,
    options: {
      /** The first answer, or every one. */
      readonly first?: Answer
      readonly always?: boolean
      /** Whether `show_replication` is answered by 400. */
      readonly refusesCopies?: boolean
      readonly ignores?: ReadonlyArray<"sort" | "offset">
      readonly policy?: Partial<ResiliencePolicy>
    } = {}
  ) {
    const { always = false, first, ignores = [], policy = {}, refusesCopies = false } = options
    const { layer } = inMemory((nth, { url }) => {
      const query = new URL(url).searchParams
      this.queries.push(query)
      if (first !== undefined && (nth === 0 || always)) return first
      if (refusesCopies && query.has("show_replication")) return { status: 400, body: "{}" }
      const sorted = ignores.includes("sort") ? all : all.toSorted((one, other) => other.hour - one.hour)
      const offset = ignores.includes("offset") ? 0 : Number(query.get("offset"))
      const name = query.get("resource_name") ?? ""
      const page = sorted
        .filter(({ resource_name = name }) => resource_name.includes(name))
        .slice(offset, offset + Number(query.get("limit")))
      return { status: 200, body: JSON.stringify({ backups: page.map(backupOf), count: all.length }) }
    })
    this.client = clientLayer({ http: layer, policy })
  }
}

const backupOf = ({ hour, status = "available", ...backup }: Made) => ({
  ...backup,
  status,
  created_at: new Date(Date.UTC(2026, 0, 1, hour)).toISOString()
})
