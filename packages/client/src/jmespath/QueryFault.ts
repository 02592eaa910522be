import * as Data from "effect/Data"
import type { QueryFaultReason } from "./QueryFaultReason.ts"
import { queryFaultText } from "./QueryFaultText.ts"

/**
 * An expression that cannot be read, or cannot be asked of a value.
 * @category Queries
 * @since 0.2.0
 */
export class QueryFault extends Data.TaggedError("QueryFault")<{ readonly reason: QueryFaultReason }> {
  override get message() {
    return queryFaultText(this.reason)
  }
}

export const fault = (reason: QueryFaultReason): QueryFault => new QueryFault({ reason })
