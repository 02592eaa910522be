/**
 * Version of this package; a test holds it equal to the manifest's.
 * @category HTTP
 * @since 0.1.0
 */
export const version = "0.1.0"
