/** Messages on the public exchange that nobody should send: told as dead letters, or ignored; never acted upon. */
import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DeadLetterDetail } from '../../src/api/wire/dead-letter.ts';
import { waitUntil } from '../../src/host/wait-until.ts';
import { aStableUpdate, type Heard, type Observer, observe, publish, type Sent } from './observer.ts';
import type { RunningSite } from './running-site.ts';

const { topic } = aStableUpdate([]);
const named = (nvr: string): Sent => aStableUpdate([nvr]);
const mebibytes = (count: number): string => 'x'.repeat(count * 1024 * 1024);

/** Refused, and why. `$CANARY` becomes a path that must not come to be. */
const refused: readonly (readonly [string, Sent, RegExp])[] = [
  ['is not JSON', { topic, body: 'hello' }, /not JSON/],
  ['is empty', { topic, body: '' }, /not JSON/],
  ['is an array', { topic, body: '[]' }, /not a JSON object/],
  ['is null', { topic, body: 'null' }, /not a JSON object/],
  ['has NaN', { topic, body: '{"update": NaN}' }, /not JSON/],
  ['is of an unknown encoding', { topic, body: '{}', contentEncoding: 'rot13' }, /encoding is "rot13"/],
  ['is compressed', { topic, body: gzipSync('{}'), contentEncoding: 'gzip' }, /encoding is "gzip"/],
  ['is not UTF-8', { topic, body: Buffer.from([0x7b, 0xff, 0xfe, 0x7d]) }, /not valid UTF-8/],
  ['has another form', { topic, body: { update: [] } }, /update/],
  ['is 2 MiB of no JSON', { topic, body: mebibytes(2) }, /not JSON/],
  ['names too many builds', aStableUpdate(Array.from({ length: 50_000 }, (_, i) => `p${i}-1-1`)), /Too big/],
  ['is nested a thousand times', { topic, body: `{"a":${'['.repeat(9000)}${']'.repeat(9000)}}` }, /nested/],
  ['names a path', named('../../../etc/passwd-1-1'), /package name/],
  ['names a command', named('$(touch $CANARY)-1-1'), /name/],
  ['names a command in backquotes', named('`touch $CANARY`-1-1'), /name/],
  ['names a flag', named('--root=/-1-1'), /package name/],
  ['names two lines', named('openssl\ntouch $CANARY-1-1'), /name/],
  ['names a prototype', named('__proto__-1-1'), /package name/],
  ['has a version that is a command', named('openssl-3.2.2-1;touch $CANARY'), /version/],
  ['has an advisory that is a path', aStableUpdate(['openssl-1-1'], { alias: '../../x' }), /advisory/],
  ['has an advisory that is a command', aStableUpdate(['openssl-1-1'], { alias: '$(id)' }), /advisory/],
  [
    'is Koji’s and names a flag',
    {
      topic: 'org.fedoraproject.prod.buildsys.tag',
      body: {
        name: '--flag',
        version: '1',
        release: '1',
        tag: 'f40-updates',
        instance: 'primary',
        build_id: 1,
      },
    },
    /package name/,
  ],
];

/** Of no interest: no dead letter, no nomination. */
const ignored: readonly (readonly [string, Sent])[] = [
  ['of a release called __proto__', aStableUpdate(['openssl-1-1'], { release: { name: '__proto__' } })],
  ['of a release that is a path', aStableUpdate(['openssl-1-1'], { release: { name: '../F40' } })],
  [
    'that forges a fact of ours',
    { topic: 'org.fedoraproject.prod.flibs.image.released', body: { nvr: 'x' } },
  ],
];

export const describeBadMessages = (running: () => RunningSite): void => {
  describe('a message on the public exchange', () => {
    let site: RunningSite;
    let observer: Observer;
    let before: readonly string[];
    let canary: string;
    beforeAll(async () => {
      site = running();
      observer = await observe(site.services.rabbitmq.address, 'amq.topic');
      canary = join(site.directory, 'canary');
      before = await outside(site);
    });
    afterAll(() => observer.stop());

    const send = (sent: Sent): Promise<string> => {
      const body = Buffer.isBuffer(sent.body)
        ? sent.body
        : JSON.parse(JSON.stringify(sent.body).replaceAll('$CANARY', canary));
      return publish(site.services.rabbitmq.address, 'amq.topic', { ...sent, body });
    };
    const nominationOf = (id: string) => (message: Heard) =>
      message.topic.endsWith('.flibs.content.nominated') && message.causation.includes(id);
    /** A source that no image holds: nominated, and nothing to build. */
    const aGoodMessage = async (): Promise<void> => {
      const id = await send(aStableUpdate(['nothing-at-all-1-1.fc40']));
      await observer.first(nominationOf(id), 'the nomination by a good message', 20);
    };

    test.each(refused)(
      'that %s is a dead letter with the reason, and the next one is handled',
      async (_, sent, reason) => {
        const id = await send(sent);
        const letter = await waitUntil(
          async () => (await site.deadLetters()).find(({ messageId }) => messageId === id),
          { seconds: 20, what: `the dead letter of ${id}` },
        );
        expect(letter).toMatchObject({ consumer: 'package-updated', topic: sent.topic });
        expect(letter.reason).toMatch(reason);
        expect(letter.reason.length).toBeLessThan(2000);
        await aGoodMessage();
        expect(observer.heard.find(nominationOf(id))).toBeUndefined();
      },
    );

    test.each(ignored)('%s is ignored', async (_, sent) => {
      const id = await send(sent);
      await aGoodMessage();
      expect((await site.deadLetters()).map(({ messageId }) => messageId)).not.toContain(id);
      expect(observer.heard.find(nominationOf(id))).toBeUndefined();
    });

    test('of 2 MiB that is right counts', async () => {
      const id = await send(aStableUpdate(['nothing-big-1-1.fc40'], { title: mebibytes(2) }));
      await observer.first(nominationOf(id), 'the nomination by a big message', 20);
    });

    test('too large to be copied is a dead letter, and flibs goes on', async () => {
      const id = await send(aStableUpdate(['nothing-huge-1-1.fc40'], { title: mebibytes(12) }));
      await waitUntil(async () => (await site.deadLetters()).find(({ messageId }) => messageId === id), {
        seconds: 20,
        what: 'the dead letter',
      });
      await aGoodMessage();
    });

    test('with __proto__ in it counts for what else it says, and changes no prototype', async () => {
      const { topic: on, body } = aStableUpdate(['nothing-proto-1-1.fc40']);
      const text = JSON.stringify(body).replace('{', '{"__proto__":{"polluted":true},"constructor":1,');
      const id = await send({ topic: on, body: text });
      await observer.first(nominationOf(id), 'the nomination', 20);
      await aGoodMessage();
    });

    test('with the id of another is a dead letter', async () => {
      const messageId = randomUUID();
      await send({ ...aStableUpdate(['nothing-first-1-1.fc40']), messageId });
      await observer.first(nominationOf(messageId), 'the nomination', 20);
      await send({ ...aStableUpdate(['nothing-second-1-1.fc40']), messageId });
      const letter = await waitUntil(
        async () => (await site.deadLetters()).find((each) => each.messageId === messageId),
        { seconds: 20, what: 'the dead letter' },
      );
      expect(letter.reason).toContain('id reused');
    });

    test('sent twice is one nomination', async () => {
      const sent = { ...aStableUpdate(['nothing-twice-1-1.fc40']), messageId: randomUUID() };
      await send(sent);
      await send(sent);
      await aGoodMessage();
      expect(observer.heard.filter(nominationOf(sent.messageId))).toHaveLength(1);
    });

    test('that was refused can be looked at, raw, without harm to the terminal', async () => {
      const letter = (await site.deadLetters()).find(({ reason }) => /version/.test(reason));
      const shown = await site.ask('dead-letters', 'show', String(letter?.id));
      expect(shown.exitCode).toBe(0);
      expect(shown.stdout).toContain(`;touch ${canary}`);
      const detail = await site.get(`dead-letters/${letter?.id}`, DeadLetterDetail);
      expect(detail.body).toContain(`;touch ${canary}`);
    });

    test('had nothing executed, and nothing written outside the data directory', async () => {
      expect(await outside(site)).toEqual(before);
      expect(await readdir(site.workingDirectory)).toEqual([]);
    });
  });
};

/** Everything at the site that flibs is not allowed to touch. */
const outside = async (site: RunningSite): Promise<readonly string[]> => {
  const own = ['data', 'services'];
  const [top, ...rest] = await Promise.all([
    readdir(site.directory),
    ...['cwd', 'extra', 'definitions', 'repository', 'packages'].map((name) =>
      readdir(join(site.directory, name), { recursive: true }),
    ),
  ]);
  return [...(top ?? []).filter((name) => !own.includes(name)), ...rest.flat()].sort();
};
