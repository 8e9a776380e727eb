import { afterAll, beforeAll } from '@jest/globals';
import { describeBadDefinitions } from './bad-definitions.ts';
import { describeBadMessages } from './bad-messages.ts';
import { describeOutages } from './outages.ts';
import { killAll } from './program.ts';
import { aRunningSite, type RunningSite } from './running-site.ts';
import { describeWhoMayWrite } from './who-may-write.ts';

let site: RunningSite;
beforeAll(async () => {
  site = await aRunningSite(['base', 'runtime']);
});
afterAll(async () => {
  await killAll();
  await site?.remove();
});

describeWhoMayWrite(() => site);

describeBadMessages(() => site);

describeBadDefinitions(() => site);

describeOutages(() => site);
