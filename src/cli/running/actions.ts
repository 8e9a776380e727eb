/** What the API can have done, each in a transaction of its own with a person as its cause, recorded in it. */
import type { Actions, Recorder } from '../../api/actions.ts';
import { reportedResult } from '../../api/wire/result.ts';
import { wantAdoptions } from '../../flows/adopting/adopt.ts';
import {
  buildByHand,
  cancelBuild,
  cancelRebuild,
  reconcileByHand,
  reloadDefinitions,
} from '../../flows/asking/by-hand.ts';
import { explainWhatIf } from '../../flows/asking/explain.ts';
import { createToken, revokeToken } from '../../flows/asking/tokens.ts';
import { retryBuild } from '../../flows/ending/retry-build.ts';
import { pause, resume } from '../../flows/pausing/pause.ts';
import { Refused } from '../../flows/refused.ts';
import { reportResult } from '../../flows/releasing/report-result.ts';
import { recordWaivers } from '../../flows/releasing/waivers.ts';
import type { Settings } from '../../flows/settings.ts';
import type { Flow } from '../../runtime/consumer.ts';
import type { Environment } from '../../runtime/environment.ts';
import { newCause, runFlow } from '../../runtime/flow.ts';
import { reviveDeadLetter } from '../../store/revive-dead-letter.ts';

export const actionsOf =
  (environment: Environment, settings: Settings) =>
  (record: Recorder): Actions => {
    const act = <T>(purpose: string, work: (flow: Flow) => Promise<T>): Promise<T> =>
      runFlow(
        environment,
        { cause: newCause(`internal.person.${purpose}`), log: environment.log, purpose },
        async (flow) => {
          const outcome = await work(flow);
          await record(flow.tx);
          return outcome;
        },
      );
    return {
      buildByHand: ({ image, arches }) => act('build', (flow) => buildByHand(flow, image, arches)),
      whatIf: (request) => environment.store.transaction((tx) => explainWhatIf(tx, request), 'what-if'),
      cancelRebuild: (id) => act('cancel', (flow) => cancelRebuild(flow, settings, id)),
      cancelBuild: (nvr) => act('cancel', (flow) => cancelBuild(flow, settings, nvr)),
      retryBuild: (nvr, arch) => act('retry', (flow) => retryBuild(flow, nvr, arch)),
      retryDeadLetter: (id) =>
        act('retry-dead-letter', async (flow) => {
          const revived = await reviveDeadLetter(flow.tx, id, flow.now);
          if (!revived)
            throw new Refused(
              'not-found',
              `there is no dead letter ${id}`,
              '`flibs dead-letters` lists them',
            );
          return { did: `dead letter ${id} is handed to ${revived.consumer} again` };
        }),
      pause: (wanted) => act('pause', (flow) => pause(flow, wanted)),
      resume: ({ by, ...subject }) => act('resume', (flow) => resume(flow, subject, by)),
      adopt: (request) => act('adopt', (flow) => wantAdoptions(flow, request)),
      reconcile: ({ dryRun }) => act('reconcile', (flow) => reconcileByHand(flow, settings, dryRun)),
      recordWaivers: (wanted, caller) => act('waive', (flow) => recordWaivers(flow, wanted, caller)),
      reportResult: (request, caller) =>
        act('report', (flow) => reportResult(flow, caller, reportedResult(request))),
      createToken: (request, createdBy) => act('token', (flow) => createToken(flow, request, createdBy)),
      revokeToken: (token) => act('token', (flow) => revokeToken(flow, token)),
      reloadDefinitions: () => act('reload', (flow) => reloadDefinitions(flow)),
    };
  };
