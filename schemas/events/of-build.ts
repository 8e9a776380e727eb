/** What events of a build, or of one arch of it, have in common. */
import { Arch, ImageName, Nvr } from '../ids.ts';
import { EventBase } from './event.ts';

export const OfBuild = EventBase.extend({ nvr: Nvr, image: ImageName });
export const ofBuild = {
  major: 1,
  subject: (body: { nvr: string }) => body.nvr,
  concerns: (body: { image: string }) => ({ containers: [body.image] }),
};

export const OfOneArch = OfBuild.extend({ arch: Arch });
export const ofOneArch = {
  ...ofBuild,
  subject: (body: { nvr: string; arch: string }) => `${body.nvr}.${body.arch}`,
};
