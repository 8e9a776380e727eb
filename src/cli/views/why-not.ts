/** Why an image is not rebuilt, for people. */
import type { WhyNot } from '../../api/wire/why-not.ts';
import { table } from '../text-table.ts';
import { pausedText } from './paused.ts';

export const whyNotText = ({ arches, underWay, paused }: WhyNot): string => {
  const told = table(
    ['arch', 'would be', 'because'],
    arches.map(({ arch, planned, reasons }) => [arch, planned ? 'built' : 'left alone', reasons.join('; ')]),
    'the image has no arch',
  );
  const building = underWay.map(({ nvr, arch, state }) => `${nvr} for ${arch} is under way: ${state}\n`);
  return [pausedText(paused), ...building, told].join('');
};
