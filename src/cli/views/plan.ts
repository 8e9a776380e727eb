/** A plan, for people: who, on which arch, after what, why; and what is left alone. */
import type { PlanAnswer, PlannedOn } from '../../planning/files/answer.ts';
import { section, table } from '../text-table.ts';

export const planText = ({ builds, leftAlone, remarks }: PlanAnswer): string =>
  [
    table(
      ['image', 'release', 'arch', 'on', 'because'],
      builds.flatMap(({ image, distroRelease, arches }) =>
        arches.map(({ arch, parent, reasons }) => [
          image,
          distroRelease,
          arch,
          standsOn(parent),
          reasons.map(({ text }) => text).join('; '),
        ]),
      ),
      'nothing to build',
    ),
    section('carried forward', carriedText(builds)),
    section('left alone', leftAloneText(leftAlone)),
    section('perhaps mistaken', remarks.map(({ at, text }) => `${at}: ${text}\n`).join('')),
  ].join('');

const standsOn = (parent: PlannedOn): string => {
  switch (parent.kind) {
    case 'planned':
      return `${parent.image}, rebuilt`;
    case 'baseline':
      return parent.nvr;
    case 'external':
      return parent.pullspec;
    case 'none':
      return '-';
  }
};

const carriedText = (builds: PlanAnswer['builds']): string =>
  table(
    ['image', 'arch', 'from', ''],
    builds.flatMap(({ image, carried, heldUntilDecided }) =>
      carried.map(({ arch, nvr }) => [
        image,
        arch,
        nvr,
        heldUntilDecided === undefined ? '' : `held until ${heldUntilDecided} is decided`,
      ]),
    ),
    '',
  );

/** Images that hold nothing of it are most of a fleet: they are counted. */
const leftAloneText = (leftAlone: PlanAnswer['leftAlone']): string => {
  const told = leftAlone.filter(({ reason, arch }) => reason.kind !== 'without-it' || arch !== undefined);
  const rest = leftAlone.length - told.length;
  const rows = told.map(({ image, arch, text }) => [image, arch ?? 'all', text]);
  const images = rest === 1 ? '1 image holds' : `${rest} images hold`;
  return (
    table(['image', 'arch', 'because'], rows, '') +
    (rest === 0 ? '' : `${images} nothing of what is in question\n`)
  );
};
