import { isRegionId } from "@cbr/client"
import * as Schema from "effect/Schema"
import { address, text } from "../policy/SettingSchema.ts"
import { RegionUpstreamSection } from "./UpstreamSection.ts"

/** A region's id; it becomes part of a host name. */
export const RegionId = Schema.String.check(
  Schema.makeFilter((text: string) => (isRegionId(text) ? undefined : "expected a region id such as cn-north-4"))
)

/** A project that the proxy serves: where it lies, and what opens it. */
export const ProjectSection = Schema.Struct({
  region: RegionId.annotate({ description: "Region that the project lies in" }),
  name: Schema.optionalKey(text("Name by which callers find the project; the region's id by default")),
  expect: Schema.optionalKey(
    Schema.Array(Schema.NonEmptyString).annotate({
      description: "Names or ids of servers and disks that must have a backup, as in `cbr check --expect`"
    })
  ),
  credentials: Schema.Array(Schema.String)
    .check(Schema.isBetweenLength(1, 2, { message: "expected one name, or two while one replaces the other" }))
    .annotate({ description: "Names of `credentials`; the second serves when the cloud refuses the first" })
})

const Origin = address(
  /^https?:\/\/[^\s/@?#]+\/?$/u,
  "expected an address without a path, such as https://cbr.cn-north-4.myhuaweicloud.com"
)

/** Addresses and limits of a region, if it has not the usual ones. */
export const RegionSection = Schema.Struct({
  endpoint: Schema.optionalKey(Origin.annotate({ description: "Origin of CBR" })),
  iam_endpoint: Schema.optionalKey(Origin.annotate({ description: "Origin of IAM" })),
  upstream: Schema.optionalKey(RegionUpstreamSection)
})
