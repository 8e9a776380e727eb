/** flibs' own side: a nomination is collected, and its rebuild closed, planned and stored, as the planner's consumer does. */
import { Nomination } from '../../schemas/nomination.ts';
import type { Bus } from '../../src/bus/port.ts';
import { explainWhatIf } from '../../src/flows/asking/explain.ts';
import { nominate } from '../../src/flows/nominating/nominate.ts';
import { closeRebuild } from '../../src/flows/planning/close-rebuild.ts';
import { collect } from '../../src/flows/planning/collect.ts';
import type { Flow } from '../../src/runtime/consumer.ts';
import { newCause, runFlow } from '../../src/runtime/flow.ts';
import { newWake } from '../../src/runtime/wake.ts';
import type { Store } from '../../src/store/connect.ts';
import { release } from '../fleet/definitions.ts';
import { settings } from '../intake/known-release.ts';
import { quietLog } from '../workplace.ts';

const noBus: Bus = {
  declare: () => Promise.reject(new Error('the plan bench has no bus')),
  publish: () => Promise.reject(new Error('the plan bench has no bus')),
  consume: () => Promise.reject(new Error('the plan bench has no bus')),
  state: () => ({ connected: false, since: new Date(0) }),
  onStateChange: () => undefined,
  close: () => Promise.resolve(),
};

const inFlow = (store: Store, work: (flow: Flow) => Promise<void>): Promise<void> => {
  const log = quietLog();
  const environment = { bus: noBus, store, instance: 'bench', topicPrefix: 'org.fedoraproject.prod', log };
  return runFlow(
    { ...environment, ports: undefined, wake: newWake() },
    { cause: newCause('bench'), log, purpose: 'bench' },
    work,
  );
};

/** Critical: it closes at once. */
export const collected = (store: Store, source: string): Promise<void> =>
  inFlow(store, async (flow) => {
    const nomination = Nomination.parse({
      kind: 'packages',
      distroRelease: release.name,
      sources: [{ name: source, version: '2.0', release: '1.fc40' }],
      severity: 'critical',
      reference: 'FEDORA-2026-0123456789',
    });
    await collect(flow, settings, await nominate(flow, nomination));
  });

export const planned = (store: Store): Promise<void> =>
  inFlow(store, (flow) => closeRebuild(flow, settings, release.name));

export const asked = async (store: Store, source: string): Promise<void> => {
  await store.transaction(
    (tx) => explainWhatIf(tx, { sources: [`${source}-3.0-1.fc40`], modules: [], bases: [], images: [] }),
    'bench',
  );
};
