/**
 * A text in the two languages of the service's users: the API page's own, and English.
 * @category Backups
 * @since 0.2.0
 */
export interface LocalizedText {
  readonly en: string
  readonly zh: string
}
