import { expect, test } from '@jest/globals';
import { type Advisory, parseUpdateinfo } from '../../../src/repos/advisories.ts';

const parsed = async (...updates: string[]): Promise<Advisory[]> => {
  const found: Advisory[] = [];
  async function* pieces() {
    yield Buffer.from(`<?xml version="1.0"?><updates>${updates.join('')}</updates>`);
  }
  await parseUpdateinfo(pieces(), (some) => void found.push(...some));
  return found;
};

interface Update {
  readonly type?: string;
  readonly severity?: string;
  readonly issued?: string;
}

const update = ({
  type = 'security',
  severity = 'Important',
  issued = '2026-04-01 10:20:30',
}: Update = {}) => `
<update from="updates@example.org" status="stable" type="${type}" version="2.0">
  <id>FEDORA-2026-1</id><title>openssl-3.2.2-1.fc40</title>
  <issued date="${issued}"/><updated date="2026-04-02 00:00:00"/><severity>${severity}</severity>
  <description>Long &amp; <![CDATA[</update>]]></description>
  <references><reference href="https://example.org" id="1" type="bugzilla"/></references>
  <pkglist><collection short="F40"><name>Fedora 40</name>
    <package name="openssl-libs" version="3.2.2" release="1.fc40" epoch="1" arch="x86_64" src="s"><filename>f</filename></package>
    <package name="openssl" version="3.2.2" release="1.fc40" epoch="1" arch="src"><filename>f</filename></package>
  </collection></pkglist>
</update>`;

test('an advisory tells its kind, severity, date and the packages that it brings, sources left out', async () => {
  expect(await parsed(update())).toEqual([
    {
      id: 'FEDORA-2026-1',
      type: 'security',
      severity: 'important',
      issuedAt: new Date('2026-04-01T10:20:30Z'),
      rpms: [{ name: 'openssl-libs', epoch: 1, version: '3.2.2', release: '1.fc40', arch: 'x86_64' }],
    },
  ]);
});

test.each([
  ['Critical', 'critical'],
  ['urgent', 'critical'],
  ['High', 'important'],
  ['Moderate', 'moderate'],
  ['medium', 'moderate'],
  ['Low', 'low'],
  ['None', 'none'],
  ['', 'none'],
])('the word %s is severity %s', async (severity, expected) => {
  expect(await parsed(update({ severity }))).toMatchObject([{ severity: expected }]);
});

test('only security advisories have a severity', async () => {
  expect(await parsed(update({ type: 'bugfix' }))).toMatchObject([{ type: 'bugfix', severity: 'none' }]);
});

test('kinds that nobody knows are other', async () => {
  expect(await parsed(update({ type: 'party' }))).toMatchObject([{ type: 'other', severity: 'none' }]);
});

test.each([
  ['a day', '2026-04-01', new Date('2026-04-01T00:00:00Z')],
  ['seconds since 1970', '1775038830', new Date('2026-04-01T10:20:30Z')],
  ['nonsense', '2026-99-99', undefined],
  ['nothing', '', undefined],
])('a date may be %s', async (_, issued, issuedAt) => {
  expect(await parsed(update({ issued }))).toMatchObject([{ issuedAt }]);
});
