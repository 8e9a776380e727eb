/** What becomes of a message of others on its way into the upstream exchange. Pure. */
import type { HeardOn } from '../../schemas/files/reporter.ts';
import { bridgeHeaders } from '../nominating/reporters.ts';
import { cloudEventAttribute } from './cloud-event-binding.ts';
import { deliveryId } from './decode-delivery.ts';
import { wholeTopic } from './names.ts';
import type { Delivery, Outgoing } from './port.ts';
import { entrySize, headerProblem } from './sendable.ts';

/** Says that a message came over a bridge, and from which exchange. */
const bridgedHeader = 'flibs-bridged-from';
/** Says how many bytes a body had that was too large to be copied; no consumer of ours would read it. */
const omittedHeader = 'flibs-bridge-omitted-body';

const ofBridge: readonly string[] = [bridgedHeader, omittedHeader, ...Object.values(bridgeHeaders)];

/** Bytes: more than any reader of ours takes. Memory must not be at the mercy of whoever may write to a public bus. */
const largestCopied = 9 * 1024 * 1024;
/** Bytes of headers that are kept. */
const keptHeaders = 48 * 1024;

export interface Destination {
  readonly exchange: string;
  /** Name of the exchange that it was heard on. */
  readonly from: string;
  /** Whose broker that is. */
  readonly bus: HeardOn;
  readonly instance: string;
  readonly topicPrefix: string;
}

export type UpstreamCopy =
  /** `lost`: what could not be taken along. */
  | { readonly outgoing: Outgoing; readonly lost: readonly string[]; readonly skipped?: undefined }
  | { readonly outgoing?: undefined; readonly lost: readonly string[]; readonly skipped: string };

/** Id, topic, headers and the body's bytes stay as they are. Our own messages, which come round, are skipped. */
export const copyForUpstream = (delivery: Delivery, destination: Destination): UpstreamCopy => {
  if (isOurs(delivery, destination)) return { lost: [], skipped: 'it is our own' };
  if (Buffer.byteLength(delivery.routingKey) > 255) return { lost: [], skipped: 'its topic is too long' };
  const { headers, lost } = sendableHeaders(delivery.headers);
  const omitted = delivery.body.length > largestCopied;
  return {
    lost: omitted ? [...lost, 'body'] : lost,
    outgoing: {
      exchange: destination.exchange,
      routingKey: delivery.routingKey,
      messageId: keptId(delivery),
      headers: {
        ...headers,
        [bridgedHeader]: destination.from,
        [bridgeHeaders.bus]: destination.bus,
        ...(delivery.userId === undefined ? {} : { [bridgeHeaders.user]: delivery.userId }),
        ...(omitted ? { [omittedHeader]: delivery.body.length } : {}),
      },
      body: omitted ? Buffer.alloc(0) : delivery.body,
      contentType: shortString(delivery.contentType),
      contentEncoding: shortString(delivery.contentEncoding),
      persistent: true,
      // Most of what a bus carries is of no interest to anybody here.
      mandatory: false,
    },
  };
};

const isOurs = ({ routingKey, headers }: Delivery, { instance, topicPrefix }: Destination): boolean =>
  routingKey.startsWith(wholeTopic(topicPrefix, 'flibs.')) ||
  cloudEventAttribute(headers, 'source') === instance;

const keptId = (delivery: Delivery): string => {
  const id = delivery.messageId ?? '';
  return id !== '' && Buffer.byteLength(id) <= 255 ? id : deliveryId(delivery);
};

/** Empty means: not set. */
const shortString = (text: string | undefined): string =>
  text === undefined || Buffer.byteLength(text) > 255 ? '' : text;

const sendableHeaders = (
  headers: Delivery['headers'],
): { headers: Record<string, unknown>; lost: string[] } => {
  const kept: [string, unknown][] = [];
  const lost: string[] = [];
  let size = 0;
  for (const [name, value] of Object.entries(headers)) {
    // What the bridge says of a sender, the sender does not say.
    if (ofBridge.includes(name)) continue;
    const problem = headerProblem(name, value);
    const bytes = problem === undefined ? entrySize(name, value) : 0;
    if (problem === undefined && size + bytes <= keptHeaders) {
      kept.push([name, value]);
      size += bytes;
    } else {
      lost.push(problem ?? `header ${name}: together they are too large`);
    }
  }
  return { headers: Object.fromEntries(kept), lost };
};
