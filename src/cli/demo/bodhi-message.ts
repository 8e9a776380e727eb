/** Says on the public exchange what Bodhi says when an update became stable. */
import { randomUUID } from 'node:crypto';
import type { Bus } from '../../bus/port.ts';
import { demoRelease, newOpensslNvr } from './prepare.ts';

export const advisory = 'FEDORA-2026-0f11b5de40';
export const topic = 'org.fedoraproject.prod.bodhi.update.complete.stable';

/** @returns the message id. */
export const announceUpdate = async (bus: Bus, exchange: string): Promise<string> => {
  const messageId = randomUUID();
  const body = {
    agent: 'bodhi',
    update: {
      alias: advisory,
      builds: [{ nvr: newOpensslNvr, epoch: 0, signed: true, type: 'rpm' }],
      content_type: 'rpm',
      release: { name: demoRelease, version: '40', branch: 'f40', stable_tag: 'f40-updates' },
      request: null,
      severity: 'high',
      status: 'stable',
      title: newOpensslNvr,
      type: 'security',
      user: { name: 'example' },
    },
  };
  await bus.publish({
    exchange,
    routingKey: topic,
    messageId,
    headers: {
      fedora_messaging_schema: 'bodhi.update.complete.stable.v1',
      fedora_messaging_severity: 20,
      fedora_messaging_rpm_openssl: true,
      'sent-at': new Date().toISOString().replace(/\.\d+Z$/, '+00:00'),
    },
    body: Buffer.from(JSON.stringify(body)),
    contentType: 'application/json',
    contentEncoding: 'utf-8',
    persistent: true,
    mandatory: false,
  });
  return messageId;
};
