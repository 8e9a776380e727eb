import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CloudEvent } from 'cloudevents';
import { z } from 'zod';
import { ContainerImageTestComplete } from '../../schemas/events/ci.ts';
import { events } from '../../schemas/events/catalogue.ts';
import { cloudEventType } from '../../schemas/events/event.ts';
import { GateDecisionChanged, ImageReleased } from '../../schemas/events/releasing.ts';
import { processesMentioning } from '../servers/processes.ts';
import { type DemoRun, runDemo } from './demo-run.ts';
import { fedoraProblems } from './fedora-message.ts';
import { dataOf, eventsOf, type Heard } from './observer.ts';
import { killAll } from './program.ts';

const arches = ['aarch64', 'ppc64le', 's390x', 'x86_64'];
const rebuilt = ['base', 'mailer', 'runtime', 'webd'];
const prefix = 'org.fedoraproject.prod';

let demo: DemoRun;
beforeAll(async () => {
  demo = await runDemo();
});
afterAll(async () => {
  await killAll();
  await demo?.remove();
});

describe('the demo', () => {
  test('ends with exit code 0 and no problem', () => {
    expect(demo.exitCode).toBe(0);
    expect(demo.summary.problems).toEqual([]);
  });

  test('prints nothing but its summary on standard output', () => {
    expect(demo.stdout.trim()).toMatch(/^\{.*\}$/s);
    expect(demo.stderr).toContain('FEDORA-');
  });

  test('rebuilds the four images that hold openssl-libs', () => {
    expect(demo.summary.rebuilt.map(({ image }) => image).sort()).toEqual(rebuilt);
    expect(demo.summary.rebuilt.map(({ nvr }) => nvr.split('-').at(-1))).toEqual(['2', '2', '2', '2']);
  });

  test('leaves the image beside them alone, with a reason', () => {
    expect(demo.summary.leftAlone).toEqual([
      { image: 'standalone', reason: 'holds nothing built from openssl, on any arch' },
    ]);
  });

  test.each(rebuilt)('gives %s another index digest', (image) => {
    const one = demo.summary.rebuilt.find((each) => each.image === image);
    expect(one?.before).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(one?.after).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(one?.after).not.toBe(one?.before);
  });

  test.each(rebuilt)('names, for each arch of %s, openssl-libs from old to new and nothing else', (image) => {
    const change = ['openssl-libs upgraded 3.2.1-2.fc40 -> 3.2.2-1.fc40'];
    expect(demo.summary.rebuilt.find((each) => each.image === image)?.changes).toEqual(
      Object.fromEntries(arches.map((arch) => [arch, change])),
    );
  });

  test.each(arches)('pulls an image for %s that runs and prints the new version', (arch) => {
    expect(demo.summary.pulled.find((each) => each.arch === arch)).toMatchObject({
      exitCode: 0,
      output: '3.2.2-1.fc40',
    });
  });

  test('leaves no process behind, epmd included', async () => {
    expect(await processesMentioning(demo.dataDirectory)).toEqual([]);
  });
});

describe('what flibs says on the public exchange', () => {
  const ours = (): readonly Heard[] => demo.heard.filter(({ headers }) => headers['ce-source'] === 'demo');
  const released = () => eventsOf(demo.heard, ImageReleased);

  test('is everything there but the one message of Bodhi', () => {
    const others = demo.heard.filter((message) => !ours().includes(message));
    expect(others.map(({ topic }) => topic)).toEqual([`${prefix}.bodhi.update.complete.stable`]);
    expect(ours().length).toBeGreaterThan(100);
  });

  test('are valid messages of fedora-messaging', () => {
    expect(ours().flatMap((message) => fedoraProblems(message).map((each) => [message.topic, each]))).toEqual([]);
  });

  test('are CloudEvents, whose id is the message’s and whose type goes with the topic', () => {
    for (const message of ours()) {
      const event = new CloudEvent(cloudEventAttributes(message));
      expect(event.validate()).toBe(true);
      expect(event).toMatchObject({ id: message.id, source: 'demo', datacontenttype: 'application/json' });
      const declared = events.find(({ topic }) => message.topic === `${prefix}.${topic}`);
      expect(declared && cloudEventType(declared)).toBe(event.type);
      expect(event.subject).toBe(declared?.subject(dataOf(message)));
    }
  });

  test('have bodies as their generated JSON Schemas and the schemas in the sources say', async () => {
    const schemas = new Map<string, z.ZodType>();
    for (const message of ours()) {
      const type = String(message.headers['ce-type']);
      const schema = schemas.get(type) ?? (await generatedSchema(type));
      schemas.set(type, schema);
      expect(message.headers['ce-dataschema']).toBe(`urn:flibs:schema:${type}`);
      expect([type, schema.safeParse(dataOf(message)).error?.issues]).toEqual([type, undefined]);
      const declared = events.find((event) => cloudEventType(event) === type);
      expect([type, declared?.body.safeParse(dataOf(message)).error?.issues]).toEqual([type, undefined]);
    }
    expect(schemas.size).toBeGreaterThan(12);
  });

  test('have message ids of their own', () => {
    const ids = ours().map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('announce each image as released under one message id', () => {
    const idsByNvr = new Map<string, Set<string>>();
    for (const { message, body } of released()) {
      idsByNvr.set(body.nvr, (idsByNvr.get(body.nvr) ?? new Set()).add(message.id));
    }
    expect([...idsByNvr.keys()].sort()).toEqual(
      [...rebuilt.flatMap((image) => [firstOf(image), secondOf(image)]), 'standalone-5.1-1'].sort(),
    );
    expect([...idsByNvr.values()].map((ids) => ids.size)).toEqual(Array.from(idsByNvr, () => 1));
  });

  const firstOf = (image: string): string => secondOf(image).replace(/2$/, '1');
  const secondOf = (image: string): string =>
    demo.summary.rebuilt.find((each) => each.image === image)?.nvr ?? image;

  test('lead from each release back to the message of Bodhi, in one trace', () => {
    const bodhi = demo.heard.find(({ topic }) => topic.endsWith('bodhi.update.complete.stable'));
    const releases = released().filter(({ body }) => body.nvr.endsWith('-2'));
    expect(releases).toHaveLength(4);
    for (const { message } of releases) {
      expect(message.causation[0]).toBe(bodhi?.id);
      const chain = demo.heard.filter(({ id }) => id !== bodhi?.id && message.causation.includes(id));
      expect(chain.map(({ topic }) => topic.slice(prefix.length + 1))).toEqual(
        expect.arrayContaining(['flibs.content.nominated', 'flibs.rebuild.planned', 'flibs.gate.decision.changed']),
      );
      expect(new Set([...chain, message].map(traceOf)).size).toBe(1);
    }
  });

  test('announce a parent before what is built upon it', () => {
    const timeOf = (nvr: string): string =>
      String(released().find(({ body }) => body.nvr === nvr)?.message.headers['ce-time']);
    for (const pick of [firstOf, secondOf]) {
      expect(timeOf(pick('base')) < timeOf(pick('runtime'))).toBe(true);
      expect(timeOf(pick('runtime')) < timeOf(pick('mailer'))).toBe(true);
      expect(timeOf(pick('runtime')) < timeOf(pick('webd'))).toBe(true);
    }
  });

  test('announce nothing that has not passed its gate, on exactly this index and all of its arches', () => {
    const decisions = eventsOf(demo.heard, GateDecisionChanged).map(({ body }) => body);
    const tests = eventsOf(demo.heard, ContainerImageTestComplete).map(({ body }) => body);
    for (const { body } of released()) {
      const decision = decisions.find((each) => each.decision === body.decision);
      expect(decision).toMatchObject({ state: 'satisfied', nvr: body.nvr, indexDigest: body.indexDigest });
      const passed = tests.filter(
        ({ artifact, test: { result } }) => artifact.digest === body.indexDigest && result === 'passed',
      );
      expect(passed.flatMap(({ system }) => system.map(({ architecture }) => architecture)).sort()).toEqual(arches);
    }
  });

  test('tell of the rebuild what was changed and why', () => {
    for (const { body } of released().filter((each) => each.body.nvr.endsWith('-2'))) {
      expect(body.causes.map(({ rebuild }) => rebuild)).toEqual([demo.summary.rebuild]);
      expect(Object.keys(body.rpmChanges).sort()).toEqual(arches);
      expect(body.previousIndexDigest).toBe(
        demo.summary.rebuilt.find(({ nvr }) => nvr === body.nvr)?.before,
      );
    }
  });
});

const traceOf = ({ headers }: Heard): string => String(headers['ce-traceparent']).slice(3, 35);

const cloudEventAttributes = (message: Heard): Record<string, unknown> & { type: string; source: string } => {
  const attributes = Object.entries(message.headers).flatMap(([name, value]) =>
    name.startsWith('ce-') ? [[name.slice(3), value] as const] : [],
  );
  return {
    type: '',
    source: '',
    ...Object.fromEntries(attributes),
    datacontenttype: String(message.properties.contentType),
    data: dataOf(message),
  };
};

/** The checked-in file as zod reads JSON Schemas. */
const generatedSchema = async (type: string): Promise<z.ZodType> => {
  const file = fileURLToPath(new URL(`../../schemas/json/${type}.json`, import.meta.url));
  return z.fromJSONSchema(JSON.parse(await readFile(file, 'utf8')));
};
