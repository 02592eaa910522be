import type * as SchemaIssue from "effect/SchemaIssue"
import type { FileFault } from "./FailureDetails.ts"

/** The faults that a schema found in a file of texts and objects; no value is in them, since it may be a secret. */
export const faultsIn = (issue: SchemaIssue.Issue, path: ReadonlyArray<string> = []): ReadonlyArray<FileFault> => {
  switch (issue._tag) {
    case "Pointer":
      return faultsIn(issue.issue, [...path, ...issue.path.map(String)])
    case "Encoding":
    case "Filter":
      return faultsIn(issue.issue, path)
    case "Composite":
      return issue.issues.flatMap((each) => faultsIn(each, path))
    case "MissingKey":
      return [{ path, fault: "missing" }]
    case "UnexpectedKey":
      return [{ path, fault: "unexpected" }]
    default:
      return [{ path, fault: "wrong", expected: "ast" in issue && issue.ast._tag === "Objects" ? "object" : "string" }]
  }
}
