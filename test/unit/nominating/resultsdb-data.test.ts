/** What ResultsDB's data say of what was tested. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { aboutImage, type ResultData, runOf } from '../../../src/nominating/resultsdb-data.ts';

const digest = `sha256:${'0f'.repeat(32)}`;
const image = (data: ResultData) => aboutImage({ type: ['container-image'], ...data });

describe('a container image is named', () => {
  test.each<[string, ResultData, object]>([
    ['by the digest in the item', { item: [`web@${digest}`] }, { digest }],
    ['by a digest beside an NVR', { item: ['web-1-1'], digest: [digest] }, { digest, nvr: 'web-1-1' }],
    ['by an id, as for builds of OSBS', { item: ['web-1-1'], id: [digest] }, { digest, nvr: 'web-1-1' }],
    ['by an NVR of its own', { item: [`web@${digest}`], nvr: ['web-1-1'] }, { digest, nvr: 'web-1-1' }],
    ['by the item as NVR', { item: ['web-1-1'] }, { nvr: 'web-1-1' }],
  ])('%s', (_, data, subject) => {
    expect(image(data)).toMatchObject({ verdict: 'understood', as: { subject } });
  });

  test.each<[string, ResultData, string]>([
    [
      'by a broken digest',
      { item: ['web-1-1'], digest: ['sha256:0f'] },
      'data.digest: "sha256:0f" is no digest',
    ],
    ['by a name and a tag', { item: ['fedora:28'] }, 'data: names no image: nvr "fedora:28" is no NVR'],
    ['by nothing', {}, 'data: names no image: neither digest nor nvr'],
    ['twice', { item: ['web-1-1', 'web-1-2'] }, 'data.item: a result for a container image has one'],
    [
      'in two scenarios',
      { item: ['web-1-1'], scenario: ['a', 'b'] },
      'data.scenario: a result for a container image has one',
    ],
    [
      'for no arch we know',
      { item: ['web-1-1'], arch: ['vax'] },
      'data.system_architecture: "vax" is no arch that flibs knows',
    ],
  ])('not %s', (_, data, reason) => {
    expect(image(data)).toEqual({ verdict: 'refused', reason });
  });

  test('no package is one', () => {
    expect(aboutImage({ type: ['koji_build'], item: ['web-1-1'] })).toMatchObject({ verdict: 'ignored' });
    expect(aboutImage({})).toMatchObject({ verdict: 'ignored' });
  });

  test('arches, scenario and variant are said beside; None is none', () => {
    const data = {
      item: ['web-1-1'],
      arch: ['amd64', 's390x'],
      scenario: ['bios'],
      system_variant: ['Server'],
    };
    expect(image(data)).toMatchObject({
      as: { arches: ['x86_64', 's390x'], scenario: 'bios', variant: 'Server' },
    });
    const nothing = { item: ['web-1-1'], system_architecture: ['None'], scenario: ['None'], variant: [''] };
    expect(image(nothing)).toEqual({
      verdict: 'understood',
      as: { subject: { nvr: 'web-1-1' }, arches: [undefined] },
    });
  });

  test('whatever the data are, the verdict is one of three', () => {
    const values = fc.array(fc.oneof(fc.string(), fc.constantFrom('container-image', digest, 'web-1-1')), {
      maxLength: 3,
    });
    const keys = fc.constantFrom('type', 'item', 'id', 'digest', 'nvr', 'arch', 'scenario', 'variant');
    fc.assert(
      fc.property(fc.dictionary(keys, values), (data) => {
        expect(['understood', 'ignored', 'refused']).toContain(aboutImage(data).verdict);
      }),
    );
  });
});

test.each<[ResultData, string | null, string | undefined]>([
  [{ run: ['7'], pipeline_id: ['8'] }, 'https://ci.test/9', '7'],
  [{ pipeline_id: ['8'] }, 'https://ci.test/9', '8'],
  [{ run: [''] }, 'https://ci.test/9', 'https://ci.test/9'],
  [{}, null, undefined],
  [{}, '', undefined],
])('the run of %j with the page %s is %s', (data, page, run) => {
  expect(runOf(data, page)).toBe(run);
});
