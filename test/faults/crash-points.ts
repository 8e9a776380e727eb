/**
 * Ends a process at a named point, by wrapping what its consumers reach: the store's transactions, the bus and the
 * effects. In a process of its own it is killed; within a test it is *dead*: from then on nothing it asks for happens,
 * so that the test can go on with another environment as if a new process had started.
 */
import type { Consumer } from '../../src/runtime/consumer.ts';
import type { Environment } from '../../src/runtime/environment.ts';

export const crashPointNames = ['before-commit', 'after-commit', 'after-effect', 'after-publish'] as const;
export type CrashPointName = (typeof crashPointNames)[number];

export interface CrashPlan {
  readonly point: CrashPointName;
  /** Which time it is passed, from 1. */
  readonly occurrence: number;
  /** `kill`: SIGKILL to this process. `die`: see above. */
  readonly how: 'kill' | 'die';
  /** Purposes of the transactions that count for the points at commits; by default those that decide something. */
  readonly purposes?: readonly string[];
}

/** What everything rejects with that a dead environment is asked for. */
export class Crashed extends Error {
  override readonly name = 'Crashed';
}

const decisions = ['handle', 'complete', 'failed', 'timers', 'start'];

/** A plan and how far it has come; many environments and consumers of one process share it. */
export interface Crash {
  /** Counts the point as passed, and ends the process if it is the one that was planned. */
  pass(point: CrashPointName, purpose?: string): void;
  /** Throws when the process is dead. */
  alive(): void;
  crashed(): boolean;
  /** How often each point was passed, to see that a plan was met at all. */
  readonly passed: Readonly<Record<CrashPointName, number>>;
}

/** Without a plan the points are only counted. */
export const planCrash = (plan?: CrashPlan): Crash => {
  const passed: Record<CrashPointName, number> = {
    'before-commit': 0,
    'after-commit': 0,
    'after-effect': 0,
    'after-publish': 0,
  };
  let dead = false;
  const alive = () => {
    if (dead) throw new Crashed('this process has crashed');
  };
  return {
    passed,
    alive,
    crashed: () => dead,
    pass: (point, purpose) => {
      alive();
      if (purpose !== undefined && !(plan?.purposes ?? decisions).includes(purpose)) return;
      passed[point] += 1;
      if (plan?.point !== point || passed[point] !== plan.occurrence) return;
      if (plan.how === 'kill') process.kill(process.pid, 'SIGKILL');
      dead = true;
      throw new Crashed(`crashed ${point}, time ${plan.occurrence}`);
    },
  };
};

/** The environment with `before-commit`, `after-commit` and `after-publish`. */
export const withCrash = <Ports>(environment: Environment<Ports>, crash: Crash): Environment<Ports> => ({
  ...environment,
  store: crashingStore(environment.store, crash),
  bus: crashingBus(environment.bus, crash),
});

/** The consumer with `after-effect`. */
export const withCrashingEffects = <Ports, Knowledge>(
  consumer: Consumer<Ports, Knowledge>,
  crash: Crash,
): Consumer<Ports, Knowledge> => ({
  ...consumer,
  ...(consumer.effects === undefined
    ? {}
    : {
        effects: consumer.effects.map((effect) => ({
          ...effect,
          run: async (inputs, ports, context) => {
            const complete = await effect.run(inputs, ports, context);
            crash.pass('after-effect');
            return complete;
          },
        })),
      }),
});

const crashingStore = (store: Environment['store'], crash: Crash): Environment['store'] => ({
  ...store,
  transaction: async (work, purpose = 'transaction') => {
    crash.alive();
    const result = await store.transaction(async (tx) => {
      const value = await work(tx);
      crash.pass('before-commit', purpose);
      return value;
    }, purpose);
    crash.pass('after-commit', purpose);
    return result;
  },
  statement: async (run, purpose = 'statement') => {
    crash.alive();
    crash.pass('before-commit', purpose);
    const result = await store.statement(run, purpose);
    crash.pass('after-commit', purpose);
    return result;
  },
});

const crashingBus = (bus: Environment['bus'], crash: Crash): Environment['bus'] => ({
  declare: (topology) => bus.declare(topology),
  publish: async (message) => {
    crash.alive();
    const outcome = await bus.publish(message);
    crash.pass('after-publish');
    return outcome;
  },
  consume: (consuming) => bus.consume(consuming),
  state: () => bus.state(),
  onStateChange: (listener) => bus.onStateChange(listener),
  close: () => bus.close(),
});
