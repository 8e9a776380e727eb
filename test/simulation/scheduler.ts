/**
 * Runs consumers against the real store in one process, with a broker that a seed decides: messages come in any order,
 * some twice, some only after a later sweep; effects and timers happen in between. It goes on until nothing is left to
 * do, so whatever the seed, the outcome must be the same. A crash can be planned (`test/faults/crash-points.ts`).
 *
 *   const parts = [partOf(rebuildPlanner, {}, environment), partOf(releaser, { registry }, environment)];
 *   await emptyStore(environment.store);
 *   const report = await simulate({ seed, environment, parts, begin: (flow) => nominate(flow, ...) });
 */
import { setImmediate as turn } from 'node:timers/promises';
import type { Outgoing } from '../../src/bus/port.ts';
import type { Environment } from '../../src/runtime/environment.ts';
import { newCause, runFlow } from '../../src/runtime/flow.ts';
import { type Sent, settleSent } from '../../src/runtime/relay-settle.ts';
import { fireDueTimers } from '../../src/runtime/timers.ts';
import { readDue } from '../../src/store/due-rows.ts';
import { claimOutbox } from '../../src/store/outbox-rows.ts';
import { type Crash, Crashed, planCrash, withCrash } from '../faults/crash-points.ts';
import type { Actor } from './cast.ts';
import { hasDeferred, millisecondsUntilNext } from './next-due.ts';
import { type Arriving, again, openPost, type Post } from './post.ts';
import { type Random, randomFrom } from './random.ts';
import { type Odds, type SimulationOptions, type SimulationReport, usualOdds } from './simulation-options.ts';

/** @throws when it does not come to an end, or when a message is given back; with the seed and the last steps. */
export const simulate = async (options: SimulationOptions): Promise<SimulationReport> => {
  const simulation = new Simulation(options);
  const most = options.mostSteps ?? 20_000;
  try {
    await simulation.begin();
    for (let steps = 0; steps < most; steps += 1) {
      if (!(await simulation.step())) return simulation.report(steps);
    }
    throw new Error(`not at rest after ${most} steps`);
  } catch (cause) {
    const last = simulation.report(most).trace.slice(-60).join('\n');
    throw new Error(`simulation with seed ${options.seed} failed; its last steps:\n${last}`, { cause });
  } finally {
    simulation.end();
  }
};

/** It ends the others too, but does not count what they do. */
const crashOfOthers = (crash: Crash): Crash => ({ ...crash, pass: () => crash.alive() });

class Simulation {
  readonly #options: SimulationOptions;
  readonly #random: Random;
  readonly #odds: Odds;
  readonly #clock: { aheadMs: number };
  readonly #post: Post;
  readonly #environment: Environment;
  readonly #trace: string[] = [];
  #crash: Crash;
  #hasCrashed = false;
  #actors: readonly Actor[] = [];
  /** Whether it may be worth looking: set when something of the kind was committed. */
  readonly #maybe = { outbox: true, job: true };

  constructor(options: SimulationOptions) {
    this.#options = options;
    this.#random = randomFrom(options.seed);
    this.#odds = { ...usualOdds, ...options.odds };
    this.#clock = { aheadMs: options.aheadMs ?? 0 };
    this.#post = openPost(options.parts, options.outside);
    this.#environment = { ...options.environment, bus: this.#post.bus, clock: this.#clock };
    this.#crash = planCrash(options.crash === undefined ? undefined : { ...options.crash, how: 'die' });
    options.environment.wake.on('outbox', this.#outboxRang).on('jobs', this.#jobRang);
  }

  readonly #outboxRang = () => {
    this.#maybe.outbox = true;
  };
  readonly #jobRang = () => {
    this.#maybe.job = true;
  };

  async begin(): Promise<void> {
    const { arriving = [], begin, environment } = this.#options;
    await this.#surviving('start', () => this.#startAll());
    for (const message of arriving) this.#post.deliver(message);
    if (begin === undefined) return;
    const options = { cause: newCause('simulation'), log: environment.log, purpose: 'begin' };
    await runFlow(this.#environment, options, begin);
  }

  end(): void {
    this.#options.environment.wake.off('outbox', this.#outboxRang).off('jobs', this.#jobRang);
  }

  report(steps: number): SimulationReport {
    return {
      steps,
      crashed: this.#hasCrashed,
      aheadMs: this.#clock.aheadMs,
      published: this.#post.published,
      trace: this.#trace,
    };
  }

  /** @returns false when nothing is left to do. */
  async step(): Promise<boolean> {
    // Lets what was rung in this process be heard.
    await turn();
    const choices = this.#choices();
    if (choices.length === 0 || this.#random.chance(this.#odds.impatient)) {
      return (await this.#moveTime()) || choices.length > 0;
    }
    await this.#random.pick(choices)?.call(this);
    return true;
  }

  #choices(): readonly (() => Promise<void>)[] {
    return [
      // Twice, so that messages are not kept waiting by sweeps that find little.
      ...(this.#post.arriving.length > 0 ? [this.#deliverOne, this.#deliverOne] : []),
      ...(this.#post.answering.length > 0 ? [this.#answerOne] : []),
      ...(this.#maybe.outbox ? [this.#sweepOutbox] : []),
      ...(this.#maybe.job ? [this.#runJob] : []),
    ];
  }

  async #startAll(): Promise<void> {
    this.#maybe.outbox = true;
    this.#maybe.job = true;
    this.#actors = this.#options.parts.map((part) => part.act(this.#environment, this.#crashOf(part.name)));
    for (const actor of this.#actors) await actor.start();
  }

  /** The crash as one part meets it. */
  #crashOf(part: string): Crash {
    const { crash } = this.#options;
    return crash?.part === undefined || crash.part === part ? this.#crash : crashOfOthers(this.#crash);
  }

  /** Does something; after a crash a new process starts, and what the old one had in hand comes again. */
  async #surviving(what: string, act: () => Promise<unknown>, inHand?: Arriving): Promise<void> {
    this.#trace.push(what);
    try {
      await act();
    } catch (error) {
      if (!(error instanceof Crashed)) throw error;
    }
    if (!this.#crash.crashed()) return;
    this.#trace.push('crash');
    this.#hasCrashed = true;
    this.#crash = planCrash();
    if (inHand !== undefined) this.#post.arriving.push(again(inHand));
    await this.#startAll();
  }

  async #deliverOne(): Promise<void> {
    const message = this.#random.take(this.#post.arriving);
    if (message === undefined) return;
    if (this.#random.chance(this.#odds.duplicate)) this.#post.arriving.push(again(message));
    const { part, delivery, transient } = message;
    const receive = async () => {
      const verdict = await this.#actors.find(({ name }) => name === part)?.receive(delivery, transient);
      if (verdict === 'requeue' && !this.#crash.crashed()) throw new Error(`${part} gave a message back`);
    };
    await this.#surviving(`${part} receives ${delivery.routingKey} ${delivery.messageId}`, receive, message);
  }

  async #answerOne(): Promise<void> {
    const message = this.#random.take(this.#post.answering);
    if (message === undefined) return;
    this.#trace.push(`outside answers ${message.routingKey} ${message.messageId}`);
    for (const answer of (await this.#options.outside?.answer(message)) ?? []) this.#post.deliver(answer);
  }

  /** The relay's claim and marks, around a broker that takes some rows now and others in a later sweep. */
  async #sweepOutbox(): Promise<void> {
    await this.#surviving('relay', async () => {
      const { store } = this.#environment;
      const rows = await store.transaction((tx) => claimOutbox(tx, { limit: 500, leaseSeconds: 0 }));
      const taken = rows.filter(() => !this.#random.chance(this.#odds.leave));
      this.#maybe.outbox = taken.length < rows.length;
      const sent = taken.map((row): Sent => {
        const outcome = this.#post.deliver(row);
        return { row, outcome };
      });
      if (sent.length === 0) return;
      if (sent.some(({ row }) => this.#concernsCrash(row))) this.#crash.pass('after-publish');
      await settleSent({ ...this.#environment, store }, sent);
    });
  }

  #concernsCrash(message: Outgoing): boolean {
    const { crash, parts } = this.#options;
    const part = parts.find(({ name }) => name === crash?.part);
    return crash?.part === undefined || (part?.takes(message).length ?? 0) > 0;
  }

  async #runJob(): Promise<void> {
    const { jobs: kinds } = await readDue(this.#environment.store.db, this.#clock.aheadMs);
    const able = this.#actors.filter(({ effects }) => effects.some((kind) => kinds.includes(kind)));
    const actor = this.#random.pick(able);
    this.#maybe.job = actor !== undefined;
    if (actor !== undefined) await this.#surviving(`${actor.name} does a job`, () => actor.runJob());
  }

  async #moveTime(): Promise<boolean> {
    const { standing, atRest } = this.#options;
    let milliseconds = await millisecondsUntilNext(this.#environment, standing);
    if (milliseconds === undefined && (await atRest?.()) === false)
      milliseconds = await millisecondsUntilNext(this.#environment);
    if (milliseconds === undefined) return false;
    this.#clock.aheadMs += Math.max(0, Math.ceil(milliseconds));
    this.#maybe.job = true;
    await this.#surviving(`time moves ahead by ${this.#clock.aheadMs} ms`, async () => {
      await fireDueTimers(withCrash(this.#environment, this.#crashOf('timekeeper')));
      if (await hasDeferred(this.#environment)) for (const actor of this.#actors) await actor.retry();
    });
    return true;
  }
}
