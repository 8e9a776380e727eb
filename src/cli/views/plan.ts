/** A plan, for people: who, on which arch, after what, why; and what is left alone. */
import type { PlanAnswer, PlannedOn } from '../../planning/files/answer.ts';
import { section, table } from '../text-table.ts';

export const planText = ({ builds, leftAlone, alarms = [], remarks }: PlanAnswer): string =>
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
    section('does not start at once', waitsText(builds)),
    section('goes without', lacksText(builds)),
    section('left alone', leftAloneText(leftAlone)),
    section('goes on to hold what was withdrawn', alarmsText(alarms)),
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

const waitsText = (builds: PlanAnswer['builds']): string =>
  table(
    ['image', 'arch', 'because'],
    builds.flatMap(({ image, arches }) =>
      arches.flatMap(({ arch, held, waits = [] }) => {
        const texts = [...(held ? [held] : []), ...waits].map(({ text }) => text);
        return texts.length === 0 ? [] : [[image, arch, texts.join('; ')]];
      }),
    ),
    '',
  );

const lacksText = (builds: PlanAnswer['builds']): string =>
  table(
    ['image', 'arches'],
    builds.flatMap(({ image, lacks }) => (lacks ? [[image, lacks.join(', ')]] : [])),
    '',
  );

const alarmsText = (alarms: NonNullable<PlanAnswer['alarms']>): string =>
  table(
    ['image', 'arch', 'package', 'of'],
    alarms.map((alarm) => [alarm.image, alarm.arch, alarm.package, alarm.build]),
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
