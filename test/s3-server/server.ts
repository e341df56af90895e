/** How tests reach the S3 server. */
export interface S3Access {
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface S3Server extends S3Access {
  stop(): Promise<void>;
}

/** A machine on which no S3 server can be had: the reason is a sentence for a person. */
export class NoS3Server extends Error {
  override readonly name = 'NoS3Server';
}
