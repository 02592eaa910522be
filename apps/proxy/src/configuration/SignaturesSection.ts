import * as Schema from "effect/Schema"
import { defaulted, section } from "../policy/Defaulted.ts"
import { RegionId } from "./ProjectSection.ts"

/** What callers may sign by, beside SDK-HMAC-SHA256. */
export const SignaturesSection = section(
  {
    derived_regions: defaulted(
      Schema.Array(RegionId).annotate({
        description:
          "Regions for which callers may sign by V11-HMAC-SHA256 too, with the service `cbr`: official SDKs with derived signing do so if the endpoint's name is not the cloud's"
      }),
      []
    ),
    replay: defaulted(
      Schema.Literals(["allow", "refuse"]).annotate({
        description:
          "Whether a signature opens a read again while it is valid, which is 15 minutes; it opens a write once only"
      }),
      "allow"
    )
  },
  "Signatures of callers"
)
