import { unreadableText } from "@cbr/domain"
import type { AnswerDetails, Sentences } from "../FailureDetails.ts"
import { serviceNames } from "./connections.ts"

/** The sentences of answers. */
export const answers: Sentences<AnswerDetails> = {
  answered: ({ by, error_code, error_msg, failure, status }, say) => {
    // IAM's code is often the status once more.
    const code = error_code === String(status) ? "" : error_code
    const said = [code, failure === undefined ? error_msg : say(failure)].filter(Boolean).join(": ")
    return `${serviceNames[by]} answered ${status}${said === "" ? "" : `, ${said}`}`
  },
  "backup-unreadable": ({ fault }) => `CBR answered 200, but ${unreadableText(fault).en}`,
  "no-backup-of-resource": ({ by, resource }) =>
    `no backup in this project and region is of a resource with the ${by === "resource_id" ? "id" : "name"} ${JSON.stringify(resource)}`,
  "list-unsorted": () =>
    "the server does not sort the list as it is asked to; where backups come and go meanwhile, the list may be incomplete",
  "list-unpaged": () =>
    "the server gives the same backups for another page, or the list changes faster than it is read; it may be incomplete",
  "list-without-copies": () =>
    "the server refuses show_replication, so the list is without the copies to other regions; a backup that is asked for alone has them",
  "list-saved-in-part": ({ count = 0, limit, offset = 0, received }) => {
    if (offset > 0) return `the saved page lacks the ${offset} backups before it, so the list is incomplete`
    if (count > received) return `the saved page has ${received} of ${count} backups, so the list is incomplete`
    return limit !== undefined && limit <= received
      ? `the saved page is full with ${received} backups; more may match, so the list may be incomplete`
      : `the saved page does not say in numbers which part of the list it is, so the list may be incomplete`
  },
  "answer-too-large": ({ bytes, service }) => `the answer of ${serviceNames[service]} is larger than ${bytes} bytes`,
  "answer-compressed": ({ service }) => `the answer of ${serviceNames[service]} is compressed, which was not asked for`,
  "answer-not-text": ({ service }) => `the answer of ${serviceNames[service]} is not UTF-8 text`,
  "answer-without-projects": () => "IAM answered 200, but without a list of projects",
  "answer-without-token": () => "IAM answered 201, but without a token and the time of its end",
  "answer-without-federated-token": () => "IAM answered the id token, but without a token",
  "answer-without-identity": ({ service }) =>
    `${serviceNames[service]} answered 200, but did not say whose the credential is`,
  "answer-without-key": ({ service }) =>
    `${serviceNames[service]} answered, but without a temporary key and the time of its end`,
  other: ({ message }) => message
}
