const urlCredentials = /(\w+:\/\/)[^\s/@]+@/g;
const secretParameters =
  /\b(password|token|secret|X-Amz-(?:Signature|Credential|Security-Token))=[^\s&'"]+/gi;

/** JSON replacer: error texts may quote a connection string or a signed URL. */
export function redact(_key: string, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  return value.replace(urlCredentials, '$1***@').replace(secretParameters, '$1=***');
}
