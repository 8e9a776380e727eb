/** What workers say on the workers exchange: reports, announcements, log chunks. */
import { exchangeName } from '../bus/names.ts';
import type { Outgoing } from '../bus/port.ts';
import { uuidv7 } from './uuid.ts';

/** `kept`: reports survive a broker's restart, and tell when nobody would get them. */
export const workerMessage = (
  instance: string,
  routingKey: 'report' | 'announce' | 'log',
  body: object,
  kept: boolean,
): Outgoing => ({
  exchange: exchangeName(instance, 'workers'),
  routingKey,
  messageId: uuidv7(),
  headers: {},
  body: Buffer.from(JSON.stringify(body)),
  contentType: 'application/json',
  contentEncoding: 'utf-8',
  persistent: kept,
  mandatory: kept,
});
