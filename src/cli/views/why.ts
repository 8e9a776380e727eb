/** The walk back from an artifact to its causes, for people. */
import type { Why, WhyBuild } from '../../api/wire/why.ts';
import { facts, section, shortDigest, table, when } from '../text-table.ts';
import { archBuildsText, causesText } from './rebuilds.ts';

const buildText = (build: WhyBuild): string =>
  [
    facts([
      ['build', build.nvr],
      ['image', build.image],
      ['state', build.state],
      ['waits', build.waiting],
      ['made', when(build.createdAt)],
      ['by hand', build.byHand ? 'yes' : null],
      ['planned against', build.baseline ?? 'nothing: it is the first'],
      ['built on', build.parentBuild],
      ['index', shortDigest(build.indexDigest)],
      ['gate', build.decision === null ? null : `${build.decision.state}: ${build.decision.summary}`],
    ]),
    section('arch builds', archBuildsText(build.archBuilds)),
    section(
      'in the index',
      table(
        ['arch', 'manifest', 'made by'],
        build.index.map(({ arch, manifestDigest, carriedFrom }) => [
          arch,
          shortDigest(manifestDigest),
          carriedFrom ?? build.nvr,
        ]),
        '',
      ),
    ),
    ...build.causes.map((cause) =>
      section(`rebuild ${cause.rebuild}, because of ${cause.reference}`, causesText(cause.nominations)),
    ),
    section(
      'what happened',
      table(
        ['at', 'what', 'to', 'because'],
        build.steps.map((step) => [
          when(step.at),
          step.subject,
          step.refused ? `not ${step.to}` : step.to,
          step.reason,
        ]),
        'nothing yet',
      ),
    ),
  ].join('');

export const whyText = (answer: Why): string =>
  [
    answer.kind === 'manifest'
      ? `the manifest of ${answer.image} for ${answer.arch ?? 'an unknown arch'}\n`
      : '',
    answer.build === null ? `${answer.image} was never built\n` : buildText(answer.build),
    section(
      'left alone since',
      table(
        ['rebuild', 'because of', 'arch', 'why not'],
        answer.leftAlone.map(({ rebuild, reference, arch, reason }) => [
          rebuild,
          reference,
          arch ?? 'all',
          reason,
        ]),
        '',
      ),
    ),
  ].join('');
