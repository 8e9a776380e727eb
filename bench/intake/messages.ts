/** A stream as Fedora's bus has it: mostly topics that nobody here listens to, then tags and updates of other releases. */
import { randomUUID } from 'node:crypto';

export const messageCount = 20_000;
/** Bytes of a body. */
export const bodyBytes = 2048;
/** One in so many concerns us. */
const concerning = 100;

export interface BenchMessage {
  readonly topic: string;
  readonly id: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Buffer;
}

/** Of every hundred: one update of ours, ten of others, thirty tags of others, the rest nothing to us. */
export const messageAt = (index: number): BenchMessage => {
  const place = index % concerning;
  if (place === 0)
    return message('org.fedoraproject.prod.bodhi.update.complete.stable', update(index, 'F40'));
  if (place % 10 === 1) {
    return message('org.fedoraproject.prod.bodhi.update.complete.stable', update(index, 'EPEL-9'));
  }
  if (place % 10 < 5) return message('org.fedoraproject.prod.buildsys.tag', tagging(index));
  return message(others[place % others.length] ?? '', {
    build: index,
    status: 'building',
    owner: 'somebody',
  });
};

const others: readonly string[] = [
  'org.fedoraproject.prod.buildsys.task.state.change',
  'org.fedoraproject.prod.copr.build.end',
  'org.fedoraproject.prod.buildsys.build.state.change',
  'org.fedoraproject.prod.pagure.git.receive',
  'org.fedoraproject.prod.github.push',
  'org.fedoraproject.prod.wiki.article.edit',
  'org.fedoraproject.prod.planet.post.new',
];

const update = (index: number, release: string): object => ({
  agent: 'bodhi',
  update: {
    alias: `FEDORA-2026-${index.toString(16).padStart(10, '0')}`,
    builds: [{ nvr: `package-${index}-1.0-1.fc40`, epoch: 0, signed: true, type: 'rpm' }],
    content_type: 'rpm',
    release: { name: release, version: '40', branch: 'f40', stable_tag: 'f40-updates' },
    request: null,
    severity: 'medium',
    status: 'stable',
    title: `package-${index}-1.0-1.fc40`,
    type: 'bugfix',
    user: { name: 'example' },
  },
});

const tagging = (index: number): object => ({
  build_id: index,
  name: `package-${index}`,
  version: '1.0',
  release: '1.fc41',
  tag: 'f41-updates-testing-pending',
  tag_id: 1,
  instance: 'primary',
  owner: 'somebody',
  user: 'bodhi',
});

const message = (topic: string, content: object): BenchMessage => {
  const bare = JSON.stringify({ ...content, notes: '' });
  const notes = 'n'.repeat(Math.max(0, bodyBytes - bare.length));
  return {
    topic,
    id: randomUUID(),
    headers: {
      fedora_messaging_schema: 'base.message',
      fedora_messaging_severity: 20,
      'sent-at': new Date().toISOString().replace(/\.\d+Z$/, '+00:00'),
    },
    body: Buffer.from(JSON.stringify({ ...content, notes })),
  };
};
