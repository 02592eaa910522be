import * as Schema from "effect/Schema"
import { defaulted, section } from "./Defaulted.ts"
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
    )
  },
  "Signatures of callers"
)
