/** The API on a store that holds a small history. Only what is read can be asked. */
import { expect } from '@jest/globals';
import { buildApi } from '../../../src/api/server.ts';
import { anEnvironment } from '../an-environment.ts';
import { at, fillWithFleet } from './a-fleet.ts';

const unexpected = (): Promise<never> => Promise.reject(new Error('this action was not expected'));

export const anApi = async () => {
  const environment = await anEnvironment();
  await fillWithFleet(environment.store);
  const context = {
    store: environment.store,
    actions: () => ({
      buildByHand: unexpected,
      whatIf: unexpected,
      cancelRebuild: unexpected,
      cancelBuild: unexpected,
      retryBuild: unexpected,
      retryDeadLetter: unexpected,
      reloadDefinitions: unexpected,
      reconcile: unexpected,
      pause: unexpected,
      resume: unexpected,
      adopt: unexpected,
      recordWaivers: unexpected,
      reportResult: unexpected,
      createToken: unexpected,
      revokeToken: unexpected,
    }),
    process: '0199a5b0-0000-7000-8000-000000000001',
    workerLease: 60,
    status: () => ({
      instance: 'test',
      version: '0.1.0',
      startedAt: at.toISOString(),
      bus: { connected: true, since: at.toISOString() },
      store: { connected: true, since: at.toISOString() },
      consumers: [],
    }),
    log: environment.environment.log,
    readLog: async (image: string, artifact: string) => `the log of ${image}, ${artifact.slice(0, 10)}\n`,
  };
  const server = await buildApi(context, '127.0.0.1');
  /** What is answered with 200. */
  const get = async (path: string): Promise<unknown> => {
    const answer = await server.inject(`/api/v1/${path}`);
    expect({ status: answer.statusCode, body: answer.statusCode === 200 ? '' : answer.body }).toEqual({
      status: 200,
      body: '',
    });
    return answer.json();
  };
  return {
    environment,
    get,
    inject: (path: string) => server.inject(path),
    server,
    close: async (): Promise<void> => {
      await server.close();
      await environment.close();
    },
  };
};
