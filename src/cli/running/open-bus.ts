/** The bus of a process, and the topology that every process declares before its relay starts. */
import type { Logger } from 'pino';
import type { BusOptions } from '../../bus/dial.ts';
import { openBus } from '../../bus/open-bus.ts';
import type { Bus, Topology } from '../../bus/port.ts';
import { instanceTopology } from '../../bus/topology.ts';
import type { Config } from '../../config/load.ts';
import type { Ports } from '../../flows/ports.ts';
import type { RunnableConsumer } from '../../runtime/runnable.ts';

type TlsConfig = Config['bus']['tls'];

export const tlsOf = (tls: TlsConfig): BusOptions['tls'] => {
  const files = {
    ...(tls.ca_cert === '' ? {} : { caFile: tls.ca_cert }),
    ...(tls.certfile === '' ? {} : { certFile: tls.certfile }),
    ...(tls.keyfile === '' ? {} : { keyFile: tls.keyfile }),
  };
  return Object.keys(files).length === 0 ? undefined : files;
};

export const openOwnBus = (config: Config, url: string, connectionName: string, log: Logger): Promise<Bus> =>
  openBus(
    { url, tls: tlsOf(config.bus.tls), passiveDeclares: config.bus.passive_declares, connectionName },
    log,
  );

/** The whole of it, whichever consumers run here: a fact must find the queues of those that run elsewhere, or later. */
export const wholeTopology = (config: Config, consumers: readonly RunnableConsumer<Ports>[]): Topology =>
  instanceTopology({
    instance: config.instance,
    topicPrefix: config.topic_prefix,
    publicExchange: config.bus.public_exchange,
    consumers: consumers.map((consumer) => consumer.queues),
  });
