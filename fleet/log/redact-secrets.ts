/** Source of a pattern → what is left of it. Names are kept, so that a reader sees what was there. */
const secrets: readonly (readonly [RegExp, string])[] = [
  // The password of a URL; the user name stays, it tells which account failed.
  [/(\w+:\/\/[^\s/:@"']*):[^\s/@"']+@/g, '$1:***@'],
  // Parameters of connection strings, signed URLs and query strings.
  [
    /\b(password|passwd|token|secret|X-Amz-(?:Signature|Credential|Security-Token))=[^\s&'"\\]+/gi,
    '$1=***',
  ],
  [/\b(Bearer|Basic) [\w.~+/=-]{8,}/g, '$1 ***'],
];

/** A text without its secrets: error messages may quote a connection string or a signed URL. */
export function redactSecrets(text: string): string {
  return secrets.reduce((rest, [pattern, mask]) => rest.replace(pattern, mask), text);
}
