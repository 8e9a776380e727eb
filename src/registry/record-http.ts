/** Writes down which requests were made, for the bench's script: one JSON object a line in FLIBS_RECORD_HTTP. */
import { appendFileSync } from 'node:fs';

export interface RecordedRequest {
  readonly method: string;
  readonly url: string;
  /** Of the request's body. */
  readonly bytes: number;
  readonly start: number;
  readonly ms: number;
  readonly status: number | undefined;
}

export const recordRequest = (request: RecordedRequest): void => {
  const path = process.env['FLIBS_RECORD_HTTP'];
  if (path === undefined || path === '') return;
  appendFileSync(path, `${JSON.stringify(request)}\n`);
};
