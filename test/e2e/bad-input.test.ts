import { afterAll, beforeAll } from '@jest/globals';
import { describeBadMessages } from './bad-messages.ts';
import { killAll } from './program.ts';
import { aRunningSite, type RunningSite } from './running-site.ts';

let site: RunningSite;
beforeAll(async () => {
  site = await aRunningSite({ images: ['base', 'runtime'] });
});
afterAll(async () => {
  await killAll();
  await site?.remove();
});

describeBadMessages(() => site);
