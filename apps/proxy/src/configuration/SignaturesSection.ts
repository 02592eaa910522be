import * as Schema from "effect/Schema"
import { defaulted, section } from "../policy/Defaulted.ts"
import { RegionId } from "./ProjectSection.ts"

/** What callers may sign by, beside SDK-HMAC-SHA256. */
export const SignaturesSection = section(
  {
    derived_regions: defaulted(
      Schema.Array(RegionId).annotate({
        description:
          "Regions for which V11-HMAC-SHA256 is taken too, with `cbr` as its service: official SDKs sign so where the endpoint's name is not the cloud's"
      }),
      []
    ),
    replay: defaulted(
      Schema.Literals(["allow", "refuse"]).annotate({
        description:
          "Whether a signed read may come a second time within the 15 minutes for which its signature is good; a signed write never may"
      }),
      "allow"
    )
  },
  "Signatures of callers"
)
