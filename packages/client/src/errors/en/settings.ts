import { BackupStatus, idForms, ImageType, listBackupsParameters, ResourceType } from "@cbr/domain"
import type { AddressFault, AddressSetting, SettingDetails, Sentences } from "../FailureDetails.ts"
import { nearestName } from "../nearestName.ts"

const suggestion = (nearest: ReadonlyArray<string>): string =>
  nearest.length === 0 ? "" : `; did you mean ${nearest.join(" or ")}?`

const faults: Readonly<Record<AddressFault, string>> = {
  "no-url": "it is no URL",
  "no-http": "it begins with neither https:// nor http://",
  "with-user": "it holds a user name or a password",
  "with-path": "it has a path",
  "with-query": "it has a query or a fragment"
}

const addresses: Readonly<Record<AddressSetting, string>> = {
  endpoint: "endpoint",
  "iam-endpoint": "IAM endpoint",
  "sts-endpoint": "STS endpoint"
}

const proxyFaults = {
  "no-address":
    "the HTTPS proxy must be an address such as http://proxy.example:3128; what it is instead is not shown, since it may hold a password",
  "with-path":
    "the HTTPS proxy must be an address without a path; in its password write %2F for /, %3F for ?, %23 for # and %40 for @",
  "lone-percent": "the HTTPS proxy has a % in its name or password that stands for itself: write %25 for it"
}

/** Whether a list can be asked by a parameter of this name. */
const isParameter = (name: string): boolean => name === "project_id" || listBackupsParameters.includes(name)

/** The values of a list's parameters that the API's page lists. */
const parameterValues: Readonly<Record<string, ReadonlyArray<string>>> = {
  status: BackupStatus.members,
  resource_type: ResourceType.members,
  image_type: ImageType.members
}

/** The sentences of settings and arguments. */
export const settings: Sentences<SettingDetails> = {
  "no-endpoint": ({ of }) =>
    of === undefined
      ? "no endpoint: neither a region (CBR_REGION) nor an address (CBR_ENDPOINT) is set"
      : "no endpoint: neither region nor endpoint is given",
  "not-a-region": ({ nearest, region }) =>
    `${JSON.stringify(region)} is not a region id such as cn-north-4${suggestion(nearest)}`,
  "region-without-cbr": ({ nearest, region }) =>
    `${region} is not a region that is known to serve CBR${suggestion(nearest)}; if it does, give its address (CBR_ENDPOINT)`,
  "project-of-other-region": ({ project, region }) =>
    `the project ${project} is of another region than ${region}: name one of ${region}, or its id`,
  "signing-unsupported": ({ algorithm }) =>
    `${JSON.stringify(algorithm)} is not supported: sign with SDK-HMAC-SHA256 or V11-HMAC-SHA256`,
  "signing-needs-region": () => "V11-HMAC-SHA256 needs a region (CBR_REGION), which it signs",
  "not-an-address": ({ fault, setting }) =>
    `the ${addresses[setting]} must be an address such as https://cbr.cn-north-4.myhuaweicloud.com, but ${faults[fault]}`,
  "not-an-iam-address": ({ file, profile, setting }) => {
    const of = profile === undefined ? file : `profile ${profile}`
    return `${setting}${of === undefined ? "" : ` of ${of}`} is not an address such as https://iam.example/v3`
  },
  "not-http": ({ variable }) => `${variable} is not an http or https address`,
  "undici-missing": () =>
    "there is no undici that sends, as in Bun: use layerNodeHttp of @cbr/client/node, or FetchHttpClient.layer",
  "https-proxy-unusable": ({ fault }) => proxyFaults[fault],
  "project-needs-iam": () =>
    "a project id is found through IAM: give its address (CBR_IAM_ENDPOINT), a region, or the project id",
  "project-needs-region": () => "a project id is found by its region: give one (CBR_REGION)",
  "no-one-project": ({ count, name, projects }) => {
    const there = projects.map((project) => `${project.id} (${project.name})`).join(", ")
    return `there is ${count === 0 ? "no project" : `${count} projects`} of the name ${JSON.stringify(name)}; give the project id${there === "" ? "" : `, one of ${there}`}`
  },
  "list-parameters-malformed": ({ parameters }) =>
    parameters
      .map(({ name, value }) => {
        if (isParameter(name)) {
          const members = parameterValues[name]
          return `the API's page does not allow ${value} for ${name}${members === undefined ? "" : ` (it can be ${members.join(", ")})`}`
        }
        const near = nearestName(name, listBackupsParameters)
        return `a list has no filter ${name}${suggestion(near === undefined ? [] : [near])}`
      })
      .join("; "),
  "resource-missing": () => "no server or disk is named: give resource_id or resource_name",
  "several-resources": ({ name, resources }) =>
    `${resources.length} resources have the name ${JSON.stringify(name)}: ${resources
      .map(({ created_at, id, newest }) =>
        newest === undefined
          ? id
          : `${id} (newest backup ${newest}${created_at === undefined ? "" : ` of ${created_at}`})`
      )
      .join(", ")}`,
  "project-missing": () => "the project id is missing: give the option projectId, to the client or to the call",
  "ids-malformed": ({ fields }) => fields.map((field) => `${field}: expected ${idForms[field].en}`).join("; "),
  "not-a-time": ({ option }) => `${option} must be a time longer than nothing`,
  "not-of-type": ({ option, type }) => `${option} must be ${type}`,
  "not-milliseconds": ({ option }) => `${option} must be a number of milliseconds above 0`,
  "not-a-count": ({ least, option }) => `${option} must be a whole number from ${least} up`,
  "not-an-amount": ({ option }) => `${option} must be a number from 0 up`,
  "negative-time": ({ option }) => `${option} must be a time, or none: Duration.zero`
}
