/**
 * A text in the two languages of the service's users: the API page's own, and English.
 */
export interface LocalizedText {
  readonly en: string
  readonly zh: string
}
