/** A message as consumers see it, after the envelope was taken off. */
import type { MessageId } from '../../schemas/ids.ts';
import type { ExchangeRole } from './names.ts';

/** A message whose properties and JSON were readable. What its body means is up to the consumer. */
export interface Message {
  readonly id: MessageId;
  /** Which exchange it came through: part of the inbox key, and of how much it is trusted. */
  readonly origin: ExchangeRole;
  /** The whole routing key. */
  readonly topic: string;
  /** ISO 8601, when the sender made it; undefined where it did not say. */
  readonly sentAt: string | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Readonly<Record<string, unknown>>;
  readonly traceparent: string | undefined;
  /** Message ids from the first cause to the sender of this one, oldest first. */
  readonly causation: readonly string[];
}
