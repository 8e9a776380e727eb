/** `npm run demo`: the whole way on one machine, from an RPM update on the bus to released images on four architectures. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Logger } from 'pino';
import { z } from 'zod';
import { ImageBrief } from '../../api/wire/image.ts';
import { releaseRepository } from '../../flows/registry-paths.ts';
import { type Client, connect } from '../client.ts';
import { prepareHost } from '../prepare-host.ts';
import { untilAskedToStop } from '../running/until-asked-to-stop.ts';
import { processTerminal } from '../terminal.ts';
import { startUp, type Up } from '../up.ts';
import { UserError } from '../user-error.ts';
import { advisory, updateIsStable } from './bodhi-message.ts';
import { labelOf, newGreeter } from './example-module.ts';
import { showLive } from './live.ts';
import { type Listening, listenLive } from './live-bus.ts';
import { moduleIsReady } from './mbs-message.ts';
import {
  type DemoSite,
  newOpenssl,
  newOpensslNvr,
  preparedSite,
  prepareSite,
  publishNewerGreeter,
  publishNewerOpenssl,
} from './prepare.ts';
import { pullAndRun } from './pull.ts';
import { printSummary, type Summary, summarise } from './summary.ts';
import { sayUpstream, type UpstreamMessage } from './upstream-message.ts';
import { untilAllReleased, untilRebuilt } from './waiting.ts';

export interface DemoOptions {
  readonly log: Logger;
  readonly install: boolean;
  readonly json: boolean;
  /** Kept afterwards; without one a new directory is made, and removed when all went well. */
  readonly dataDirectory?: string;
  /** Seconds. */
  readonly quietPeriod?: number;
}

/** What each act came to. */
interface Summaries {
  readonly update: Summary;
  readonly module: Summary;
}

/** Images in examples/images. */
const imageCount = 7;

/** @throws UserError naming what is not as it should be. */
export const demo = async (options: DemoOptions): Promise<void> => {
  const asked = untilAskedToStop();
  const out = (text: string) => process.stdout.write(`${text}\n`);
  const say = options.json ? (text: string) => process.stderr.write(`${text}\n`) : out;
  await prepareHost({ install: options.install, say });
  const own = options.dataDirectory === undefined;
  const dataDirectory = options.dataDirectory
    ? resolve(options.dataDirectory)
    : await mkdtemp(join(tmpdir(), 'flibs-demo-'));
  const site: DemoSite = {
    dataDirectory,
    instance: 'demo',
    topicPrefix: 'org.fedoraproject.prod',
    say,
    quietPeriod: options.quietPeriod ?? 2,
  };
  if ((await preparedSite(site)) !== undefined) {
    throw new UserError('failed', `a demo or \`npm start\` has used ${dataDirectory} before`, {
      hint: 'the demo begins with nothing released: give it a new directory',
    });
  }
  say(`All state is kept in ${dataDirectory}`);
  say('\n1. Signed RPMs for x86_64, aarch64, ppc64le and s390x, and a repository of them');
  const config = await prepareSite(site);
  say('\n2. A private RabbitMQ, PostgreSQL and registry; then flibs itself');
  const up = await startUp(config, options.log, asked.signal);
  let played: Summaries;
  try {
    const failed = up.failed.then((reason) => Promise.reject(new UserError('failed', reason)));
    played = await Promise.race([
      play(up, site, options.log, asked.signal, config.bus.public_exchange),
      failed,
    ]);
  } catch (error) {
    throw asked.signal.aborted ? asked.signal.reason : error;
  } finally {
    await up.stop();
  }
  const { update, module } = played;
  if (options.json) out(JSON.stringify({ ...update, module }, undefined, 2));
  else for (const summary of [update, module]) printSummary(summary, say);
  const problems = [...update.problems, ...module.problems];
  if (problems.length > 0) {
    throw new UserError('failed', problems.join('; '), {
      hint: `the state is kept in ${dataDirectory}`,
    });
  }
  if (own) await rm(dataDirectory, { recursive: true, force: true });
  say(
    '\nEverything that contains the old packages was rebuilt, tested and released; nothing else was touched.',
  );
};

const play = async (
  up: Up,
  site: DemoSite,
  log: Logger,
  signal: AbortSignal,
  exchange: string,
): Promise<Summaries> => {
  const { say } = site;
  const { environment, settings, bus } = up.process;
  if (environment === undefined) throw new Error('the demo runs all consumers');
  const client = await connect({ api: up.url }, { ...processTerminal(), interrupted: signal });
  const waiting = { client, signal, limit: 900 };
  const listening = { bus, exchange, topicPrefix: settings.topicPrefix, say };
  const images = () => client.get('/api/v1/images', z.array(ImageBrief));
  const tell = async (message: UpstreamMessage, reference: string) => {
    const messageId = await sayUpstream(bus, exchange, message);
    say(`   published ${message.topic} (${messageId})`);
    return untilRebuilt(waiting, reference);
  };
  const pull = (image: string, command: readonly string[]) =>
    pullAndRun({
      repository: releaseRepository(settings, image),
      tag: 'latest',
      command,
      stateDir: site.dataDirectory,
      signal,
      log,
    });
  const { store } = environment;

  const [first, second] = await whileShown(client, listening, async () => {
    say('\n3. The example images are built, indexed, tested, gated and released');
    const before = await untilAllReleased(waiting, imageCount);
    say(`\n4. ${newOpensslNvr} goes into the repository, and Bodhi says so on the bus`);
    await publishNewerOpenssl(site);
    const update = await tell(updateIsStable, advisory);
    const between = await images();
    const label = labelOf(newGreeter);
    say(`\n5. A newer build of a module, ${label}, goes into the repository, and MBS says so on the bus`);
    await publishNewerGreeter(site);
    const module = await tell(moduleIsReady, label);
    return [
      { before, rebuild: update, after: between },
      { before: between, rebuild: module, after: await images() },
    ] as const;
  });
  say('\n6. What came of it');
  const [openssl, greeter] = [
    await pull('webd', ['openssl-version']),
    await pull('greeter', ['/usr/bin/greeter']),
  ];
  return {
    update: await summarise({
      ...first,
      store,
      source: 'openssl',
      images: ['base', 'mailer', 'runtime', 'webd'],
      pulled: openssl,
      expected: newOpenssl.version,
    }),
    module: await summarise({
      ...second,
      store,
      source: 'greeter',
      images: ['greeter', 'hello'],
      pulled: greeter,
      expected: newGreeter.version,
    }),
  };
};

/** Shows what happens meanwhile, on the bus and in the store; all of it has been shown when this resolves. */
const whileShown = async <T>(client: Client, listening: Listening, work: () => Promise<T>): Promise<T> => {
  const live = showLive(client, listening.say);
  try {
    const heard = await listenLive(listening);
    try {
      return await work();
    } finally {
      await heard.stop();
    }
  } finally {
    await live.stop();
  }
};
