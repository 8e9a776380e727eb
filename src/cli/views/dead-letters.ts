/** Messages that were put aside, for people. */
import type { DeadLetterBrief, DeadLetterDetail } from '../../api/wire/dead-letter.ts';
import { facts, printable, section, table, when } from '../text-table.ts';

export const deadLettersText = (letters: readonly DeadLetterBrief[]): string =>
  table(
    ['id', 'at', 'consumer', 'topic', 'times', 'reason'],
    letters.map(({ id, at, consumer, topic, times, reason }) => [
      id,
      when(at),
      consumer,
      topic,
      times,
      reason,
    ]),
    'no dead letters',
  );

const bodyText = ({ body, bodyBytes }: DeadLetterDetail): string => {
  const shown = body.split('\n').map(printable).join('\n');
  const cut = bodyBytes > Buffer.byteLength(body) ? `... ${bodyBytes} bytes in all\n` : '';
  return `${shown}\n${cut}`;
};

export const deadLetterText = (letter: DeadLetterDetail): string =>
  [
    facts([
      ['dead letter', letter.id],
      ['reason', letter.reason],
      ['consumer', letter.consumer],
      ['at', when(letter.at)],
      ['times', letter.times],
      ['topic', letter.topic],
      ['message id', letter.messageId],
      ['came through', `${letter.origin} (${letter.exchange})`],
      ['content type', letter.contentType],
      ['encoding', letter.contentEncoding],
    ]),
    section(
      'headers',
      facts(Object.entries(letter.headers).map(([name, value]) => [printable(name), JSON.stringify(value)])),
    ),
    section('body', bodyText(letter)),
  ].join('');
