/** Errors by what the caller can do: wait, or tell a person. */

interface Facts {
  /** `GET https://registry/v2/...` */
  readonly request: string;
  readonly status?: number | undefined;
  readonly cause?: unknown;
}

/** The registry is absent, overloaded or cannot write: try again later. */
export class RegistryUnavailable extends Error {
  override readonly name = 'RegistryUnavailable';
  readonly status: number | undefined;
  constructor(reason: string, { request, status, cause }: Facts) {
    super(`registry unavailable: ${request}: ${reason}`, { cause });
    this.status = status;
  }
}

/** The registry understood and said no: the same request will fail again. */
export class RegistryRefused extends Error {
  override readonly name = 'RegistryRefused';
  readonly status: number | undefined;
  constructor(reason: string, { request, status, cause }: Facts) {
    super(`registry refused: ${request}: ${reason}`, { cause });
    this.status = status;
  }
}
