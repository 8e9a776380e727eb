import { describe, expect, test } from '@jest/globals';
import { deadExchangeOf, workerQueueName } from '../../../src/bus/names.ts';
import { instanceTopology, workerTopology } from '../../../src/bus/topology.ts';

const anInstance = (changes: { publicExchange?: string; topicPrefix?: string } = {}) =>
  instanceTopology({
    instance: 'main',
    topicPrefix: changes.topicPrefix ?? 'org.example.prod',
    publicExchange: changes.publicExchange ?? 'amq.topic',
    consumers: [
      {
        name: 'build-dispatcher',
        bindings: [
          { exchange: 'facts', key: '<prefix>.flibs.rebuild.planned' },
          { exchange: 'workers', key: 'report' },
        ],
        transientBindings: [{ exchange: 'workers', key: 'announce' }],
      },
      { name: 'package-updated', bindings: [{ exchange: 'upstream', key: '#.bodhi.update.complete.*' }] },
      { name: 'upstream-bridge', bindings: [] },
    ],
  });

describe('the topology of an instance', () => {
  test('has the exchanges for what others said, for facts and for workers, and one for the dead', () => {
    expect(anInstance().exchanges).toEqual([
      { name: 'flibs.main.upstream', type: 'topic' },
      { name: 'flibs.main.facts', type: 'topic' },
      { name: 'flibs.main.workers', type: 'direct' },
      { name: 'flibs.main.dead', type: 'topic' },
    ]);
  });

  test('has a durable queue per consumer that listens, and a transient one where it hears heartbeats', () => {
    expect(anInstance().queues).toEqual([
      { name: 'flibs.main.dead', kind: 'quorum' },
      { name: 'flibs.main.build-dispatcher', kind: 'quorum' },
      { name: 'flibs.main.build-dispatcher.transient', kind: 'transient' },
      { name: 'flibs.main.package-updated', kind: 'quorum' },
    ]);
  });

  test("binds them with the instance's own topic prefix", () => {
    expect(anInstance().bindings).toEqual([
      { exchange: 'flibs.main.dead', queue: 'flibs.main.dead', routingKey: '#' },
      {
        exchange: 'flibs.main.facts',
        queue: 'flibs.main.build-dispatcher',
        routingKey: 'org.example.prod.flibs.rebuild.planned',
      },
      { exchange: 'flibs.main.workers', queue: 'flibs.main.build-dispatcher', routingKey: 'report' },
      {
        exchange: 'flibs.main.workers',
        queue: 'flibs.main.build-dispatcher.transient',
        routingKey: 'announce',
      },
      {
        exchange: 'flibs.main.upstream',
        queue: 'flibs.main.package-updated',
        routingKey: '#.bodhi.update.complete.*',
      },
    ]);
  });

  test('copies facts to the public exchange one way, and our own affairs not at all', () => {
    expect(anInstance().exchangeBindings).toEqual([
      { source: 'flibs.main.facts', destination: 'amq.topic', routingKey: 'org.example.prod.flibs.#' },
      { source: 'flibs.main.facts', destination: 'amq.topic', routingKey: 'org.example.prod.ci.#' },
    ]);
  });

  test('without a prefix keys begin with the event', () => {
    expect(anInstance({ topicPrefix: '' }).exchangeBindings.map((binding) => binding.routingKey)).toEqual([
      'flibs.#',
      'ci.#',
    ]);
  });

  test('declares a public exchange of another name, never a predeclared one', () => {
    expect(anInstance({ publicExchange: 'fedora' }).exchanges).toContainEqual({
      name: 'fedora',
      type: 'topic',
    });
    expect(anInstance().exchanges).not.toContainEqual(expect.objectContaining({ name: 'amq.topic' }));
  });
});

describe('names', () => {
  test('a worker has an exclusive queue that is its routing key', () => {
    expect(workerTopology({ instance: 'main', worker: 'host-1.example' })).toEqual({
      exchanges: [{ name: 'flibs.main.workers', type: 'direct' }],
      queues: [{ name: 'flibs.main.worker.host-1.example', kind: 'exclusive' }],
      bindings: [
        {
          exchange: 'flibs.main.workers',
          queue: 'flibs.main.worker.host-1.example',
          routingKey: 'flibs.main.worker.host-1.example',
        },
      ],
      exchangeBindings: [],
    });
  });

  test.each(['../x', '--flag', 'a b', 'a\nb', ''])('worker %j is refused', (worker) => {
    expect(() => workerQueueName('main', worker)).toThrow(/cannot name a queue/);
  });

  test('every queue of an instance but the dead one dies into its dead exchange', () => {
    expect(deadExchangeOf('flibs.main.package-updated')).toBe('flibs.main.dead');
    expect(deadExchangeOf('flibs.main.dead')).toBeUndefined();
    expect(deadExchangeOf('somebody.elses')).toBeUndefined();
  });
});
