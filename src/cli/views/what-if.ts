/** What would be rebuilt, for people. */
import type { WhatIf } from '../../api/wire/action.ts';
import { section, table } from '../text-table.ts';
import { pausedText } from './paused.ts';

const duration = (seconds: number): string =>
  seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;

export const whatIfText = ({ builds, leftAlone, remarks, paused, expectedSeconds }: WhatIf): string =>
  [
    pausedText(paused),
    ...remarks.map((remark) => `${remark}\n`),
    table(
      ['image', 'release', 'arch', 'after', 'because'],
      builds.flatMap(({ image, distroRelease, arches }) =>
        arches.map(({ arch, after, reasons }) => [
          image,
          distroRelease,
          arch,
          after.length === 0 ? null : after.join(', '),
          reasons.join('; '),
        ]),
      ),
      'nothing would be rebuilt',
    ),
    expectedSeconds === null ? '' : `\nexpected to take at least ${duration(expectedSeconds)}\n`,
    section(
      'left alone',
      table(
        ['image', 'arch', 'because'],
        leftAlone.map(({ image, arch, reason }) => [image, arch ?? 'all', reason]),
        '',
      ),
    ),
  ].join('');
