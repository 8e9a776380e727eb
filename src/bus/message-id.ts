/** Which id a message has for the inbox: ARCHITECTURE rule 4. */
import { createHash } from 'node:crypto';
import { MessageId } from '../../schemas/ids.ts';

/** A UUID, or fedmsg's `<year>-<uuid>`. Anything else is no id: some senders write the same word into every message. */
const known = /^(?:\d{4}-)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const isMessageId = (id: string | undefined): id is string => id !== undefined && known.test(id);

/** The first of `ids` that is one, else a hash of topic, sent-at and body, which is the same on every delivery. */
export const messageIdOf = (message: {
  ids: readonly (string | undefined)[];
  topic: string;
  sentAt: string | undefined;
  body: Uint8Array;
}): MessageId => {
  const id = message.ids.find(isMessageId);
  if (id !== undefined) return MessageId.parse(id);
  const hash = createHash('sha256')
    .update(`${message.topic}\n${message.sentAt ?? ''}\n`)
    .update(message.body);
  return MessageId.parse(`sha256:${hash.digest('hex')}`);
};
