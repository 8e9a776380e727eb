/** Updates as they come from a distribution: in its repositories, and from Bodhi. A seed decides what is updated. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type ConfirmChannel, connect } from 'amqplib';
import { randomFrom } from '../random.ts';
import { stirred } from './fleet.ts';
import type { StormSite } from './site.ts';

const perSecond = 5;

/** Some at a time: their packages appear in the repository, then each is told. @returns their sources */
export const sendUpdates = async (
  site: StormSite,
  updates: number,
  seconds: number,
): Promise<readonly string[]> => {
  const random = randomFrom(1);
  const sources = Array.from(
    { length: updates },
    () => stirred[Math.floor(random() * stirred.length)] ?? 'base-lib-0',
  );
  const connection = await connect(site.bus.url, { noDelay: true });
  try {
    const channel = await connection.createConfirmChannel();
    const begun = performance.now();
    const turns = Math.max(1, Math.round(seconds * perSecond));
    for (let turn = 0; turn < turns; turn += 1) {
      const [from, to] = [turn, turn + 1].map((at) => Math.round((at * updates) / turns));
      const nvrs = await site.repository.publish(sources.slice(from, to));
      for (const [at, nvr] of nvrs.entries())
        tell(channel, site.bus.publicExchange, nvr, (from ?? 0) + at === Math.floor(updates / 3));
      await channel.waitForConfirms();
      await delay(Math.max(0, begun + ((turn + 1) * 1000) / perSecond - performance.now()));
    }
  } finally {
    await connection.close();
  }
  return sources;
};

/** As Bodhi does. An urgent one closes the rebuild that collects, while others still come. */
const tell = (channel: ConfirmChannel, exchange: string, nvr: string, urgent: boolean): void => {
  const update = {
    alias: `FEDORA-2026-${randomUUID().slice(0, 10)}`,
    builds: [{ nvr, epoch: 0, signed: true, type: 'rpm' }],
    content_type: 'rpm',
    release: { name: 'F40' },
    severity: urgent ? 'urgent' : 'low',
    status: 'stable',
    type: 'security',
  };
  const topic = 'org.fedoraproject.prod.bodhi.update.complete.stable';
  channel.publish(exchange, topic, Buffer.from(JSON.stringify({ update })), {
    messageId: randomUUID(),
    contentType: 'application/json',
    contentEncoding: 'utf-8',
    deliveryMode: 2,
  });
};
