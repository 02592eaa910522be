import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Schema from "effect/Schema"

/**
 * An error answer in the words of its party: the API gateway in front of every service, CBR itself, or IAM. IAM speaks
 * the dialect of OpenStack Keystone, where the code is the status. Some of CBR's
 * are in OpenStack's older dialect, under the name of the fault.
 */
export class ServiceError extends Schema.TaggedError<ServiceError>()("ServiceError", {
  origin: Schema.Literals(["gateway", "cbr", "openstack", "iam"]),
  status: Schema.Int,
  code: Schema.String,
  text: Schema.String
}) {
  override get message(): string {
    return `${this.status} ${this.code}`
  }

  /** The body as it goes over the wire; only the gateway repeats the request id in it. */
  body(request_id: string): string {
    switch (this.origin) {
      case "gateway":
        return JSON.stringify({ error_msg: this.text, error_code: this.code, request_id })
      case "cbr":
        return JSON.stringify({ error_code: this.code, error_msg: this.text })
      case "openstack":
        return JSON.stringify({ [this.code]: { code: String(this.status), message: this.text } })
      case "iam":
        return JSON.stringify({ error: { code: this.status, message: this.text, title: this.code } })
    }
  }

  response(request_id: string): HttpServerResponse.HttpServerResponse {
    return HttpServerResponse.text(this.body(request_id), {
      status: this.status,
      contentType: this.origin === "gateway" ? "application/json; charset=utf-8" : "application/json"
    })
  }
}

const gateway = (status: number, number: string, text: string): ServiceError =>
  new ServiceError({ origin: "gateway", status, code: `APIGW.${number}`, text })

/** The gateway's 401s start alike, whatever was wrong. */
const unauthenticated = (text: string): ServiceError =>
  gateway(401, "0301", `Incorrect IAM authentication information: ${text}`)

const cbr = (status: number, number: string, text: string): ServiceError =>
  new ServiceError({ origin: "cbr", status, code: `BackupService.${number}`, text })

const openstack = (name: string, text: string): ServiceError =>
  new ServiceError({ origin: "openstack", status: 401, code: name, text })

const iam = (status: number, title: string, text: string): ServiceError =>
  new ServiceError({ origin: "iam", status, code: title, text })

/** Nothing is published under this method and path: a wrong endpoint, not a missing backup. */
export const apiNotFound = gateway(404, "0101", "The API does not exist or has not been published in the environment")

/** The request cannot be read as HTTP: an escape that decodes to nothing, a body that is too large. */
export const unreadableRequest = gateway(400, "0106", "The request cannot be parsed")

/** Neither a token nor a signature came. */
export const tokenMissing = unauthenticated("x-auth-token not found")

/** The token was made elsewhere (another region or environment), or cut. */
export const tokenUndecodable = unauthenticated("decrypt token fail")

export const tokenExpired = (expires_at: string): ServiceError =>
  unauthenticated(`token expires, expires_at: ${expires_at}`)

/** The token was withdrawn before its end; a new one helps. */
export const tokenToRenew = gateway(401, "0307", "The token must be updated")

/** Quotes the request back, signature and all, as the gateway does. */
export const signatureMismatch = (canonicalRequest: string, authorization: string): ServiceError =>
  unauthenticated(
    `verify aksk signature fail, canonicalRequest:${canonicalRequest.replaceAll("\n", "|")}|authorization:${authorization}`
  )

/** `X-Sdk-Date` is more than 15 minutes from the service's clock. */
export const signatureExpired = (signTime: string, serverTime: string): ServiceError =>
  unauthenticated(`signature expired, signTime: ${signTime}, serverTime: ${serverTime}`)

/** The `Authorization` header is not one that the gateway can check. */
export const signatureUnreadable = (reason: string): ServiceError =>
  unauthenticated(`authorization format error, ${reason}`)

export const accessKeyUnknown = (ak: string): ServiceError =>
  unauthenticated(`Get secretKey failed, ak:${ak}, err:ak not exist`)

/** The key came with no security token, or with another one's; or its time is over. */
export const securityTokenRefused = (ak: string): ServiceError => unauthenticated(`security token is invalid, ak:${ak}`)

/** More than five failures in a row: right or wrong, nothing passes for five minutes. */
export const accessKeyLocked = unauthenticated("AK access failed to reach the limit, forbidden")

/** `X-Project-Id` names another project than the path. */
export const projectMismatch = gateway(
  403,
  "0306",
  "API access denied: the project of the request differs from X-Project-Id"
)

/** The project is another account's, or not the one that the token is for. */
export const projectForbidden = cbr(403, "8600", "The user is not authenticated for the project")

/** Verification of parameters failed. The page lists no code for this; other calls of CBR answer so. */
export const backupIdMalformed = cbr(400, "9900", "The backup ID is not a UUID")

/** A code that is common to the cloud's services. */
export const requestInConflict = new ServiceError({
  origin: "cbr",
  status: 409,
  code: "SYS.0409",
  text: "The request conflicts with the state of the resource"
})

/** A 401 that is not about the credential: the project in the path is another's. */
export const projectNotOfCredential = openstack("badRequest", "the project in the address is not the credential's")

/** CBR's answer for a restore point that is gone, with the status of a refused credential. */
export const urlMalformed = openstack("unauthorized", "Malformed request url")

/** A 401 that does not say what was wrong. */
export const unauthorizedUnnamed = openstack("unauthorized", "Unauthorized")

/** A parameter of the list that cannot be. */
export const listParameterMalformed = cbr(400, "9900", "The request parameter is invalid")

export const backupNotFound = (backup_id: string): ServiceError =>
  cbr(404, "6200", `The backup does not exist, id: ${backup_id}`)

/** Throttled by the gateway. */
export const tooManyRequests = gateway(
  429,
  "0308",
  "The throttling threshold has been reached: policy user over ratelimit"
)

/** Authentication failed somewhere behind the gateway, which the service says as a 500. */
export const authenticationFailedBehind = cbr(500, "9998", "Authentication failed")

export const unknownError = cbr(500, "9910", "Unknown error")

/** The gateway did not reach CBR. */
export const backendUnavailable = gateway(503, "0613", "Backend service unavailable")

export const backendTimedOut = gateway(504, "0201", "Backend timeout")

export const iamMalformed = (text: string): ServiceError => iam(400, "Bad Request", text)

export const iamUnauthorized = iam(401, "Unauthorized", "The username or password is wrong.")

export const iamTokenRequired = iam(401, "Unauthorized", "The request you have made requires authentication.")

export const iamTokenUnknown = iam(404, "Not Found", "The token could not be found.")

export const iamProjectUnknown = iam(404, "Not Found", "The project could not be found.")

export const iamScopeUnknown = iam(
  401,
  "Unauthorized",
  "The project or domain of the scope does not exist or is not yours."
)

export const iamAgencyUnknown = iam(403, "Forbidden", "You have no right to assume the agency, or it does not exist.")

/** The metadata of a server knows the tokens that it has issued, and no other. */
export const metadataTokenUnknown = iam(401, "Unauthorized", "The metadata token is invalid.")
