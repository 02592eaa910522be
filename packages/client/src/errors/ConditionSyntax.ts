/**
 * The forms of a condition as text, which a command line takes and messages show.
 * @category Errors
 * @since 0.1.0
 */
export const conditionForms = [
  "status=STATUS[,STATUS…]",
  "exists",
  "deleted",
  "replicated=REGION",
  "children=available",
  "restorable",
  "restorable=backup|snapshot",
  "query=JMESPATH"
] as const
