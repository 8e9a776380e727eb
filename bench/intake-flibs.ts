/** `node intake-flibs.js <bus> <store>`: package-updated as it runs in production, with store, relay and sweep. */
import { consumersOf } from '../consumers/catalogue.ts';
import { packageUpdated } from '../consumers/package-updated.ts';
import { openBus } from '../src/bus/open-bus.ts';
import type { Bus, Verdict } from '../src/bus/port.ts';
import { instanceTopology } from '../src/bus/topology.ts';
import { startRelay } from '../src/runtime/relay.ts';
import { startConsumer } from '../src/runtime/run-consumer.ts';
import { startSweep } from '../src/runtime/sweep.ts';
import { newWake } from '../src/runtime/wake.ts';
import { schemaOfInstance } from '../src/store/pool.ts';
import { prepareStore } from '../src/store/prepare.ts';
import { knowOneRelease, settings } from './intake/known-release.ts';
import { messageCount } from './intake/messages.ts';
import { instance, prefetch, stopwatch, topicPrefix } from './intake/site.ts';
import { quietLog } from './workplace.ts';

const [, , busUrl = '', connection = '', what] = process.argv;
const log = quietLog();
const watch = stopwatch(messageCount);

const counted = (bus: Bus): Bus => ({
  declare: (topology) => bus.declare(topology),
  publish: (message) => bus.publish(message),
  consume: (consuming) =>
    bus.consume({
      ...consuming,
      onDelivery: (delivery) => {
        watch.begin();
        const verdict = consuming.onDelivery(delivery);
        const ended = (given: Verdict): Verdict => {
          if (given === 'ack') watch.done();
          return given;
        };
        return typeof verdict === 'string' ? ended(verdict) : verdict.then(ended);
      },
    }),
  state: () => bus.state(),
  onStateChange: (listener) => bus.onStateChange(listener),
  close: () => bus.close(),
});

const bus = await openBus(
  { url: busUrl, tls: undefined, passiveDeclares: false, connectionName: 'flibs bench' },
  log,
);
const store = await prepareStore({ connection, schema: schemaOfInstance(instance), log });
const consumers = consumersOf(settings).map(({ queues }) => queues);
await bus.declare(instanceTopology({ instance, topicPrefix, publicExchange: undefined, consumers }));
if (what === 'prepare') await knowOneRelease(store);
else {
  const environment = {
    bus: counted(bus),
    store,
    instance,
    topicPrefix,
    log,
    ports: undefined,
    wake: newWake(),
  };
  const beside = [startRelay(environment), startSweep(environment)];
  const running = await startConsumer(packageUpdated(), environment, { prefetch });
  process.stdout.write(`${JSON.stringify(await watch.taken)}\n`);
  await running.stop();
  for (const each of beside) await each.stop();
}
await bus.close();
await store.close();
