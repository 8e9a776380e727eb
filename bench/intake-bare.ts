/** `node intake-bare.js <bus>`: a consumer that parses and acknowledges, and nothing else. */
import { connect } from 'amqplib';
import { messageCount } from './intake/messages.ts';
import { bareQueue } from './intake/preload.ts';
import { prefetch, stopwatch } from './intake/site.ts';

const watch = stopwatch(messageCount);
const connection = await connect(process.argv[2] ?? '', { noDelay: true });
const channel = await connection.createChannel();
await channel.prefetch(prefetch);
await channel.consume(bareQueue, (message) => {
  if (message === null) return;
  watch.begin();
  JSON.parse(message.content.toString('utf8'));
  channel.ack(message);
  watch.done();
});
process.stdout.write(`${JSON.stringify(await watch.taken)}\n`);
await connection.close();
