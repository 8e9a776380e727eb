/** What everybody can hear of a rebuild: is it readable for others, and does it say what happened? */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { CloudEvent } from 'cloudevents';
import { z } from 'zod';
import { events } from '../../schemas/events/catalogue.ts';
import { ContainerImageTestComplete } from '../../schemas/events/ci.ts';
import { cloudEventType } from '../../schemas/events/event.ts';
import { GateDecisionChanged, ImageReleased } from '../../schemas/events/releasing.ts';
import { arches, type DemoRun, ofModule, rebuilt } from './demo-run.ts';
import { fedoraProblems } from './fedora-message.ts';
import { dataOf, eventsOf, type Heard } from './observer.ts';

const prefix = 'org.fedoraproject.prod';

/** Tests of everything that was heard on amq.topic while the demo ran. */
export const describeWhatFlibsSays = (run: () => DemoRun): void => {
  describe('what flibs says on the public exchange', () => {
    const ours = (): readonly Heard[] => run().heard.filter(({ headers }) => headers['ce-source'] === 'demo');
    const released = () => eventsOf(run().heard, ImageReleased);

    test('is everything there but the one message of Bodhi and the one of MBS', () => {
      const others = run().heard.filter((message) => !ours().includes(message));
      expect(others.map(({ topic }) => topic)).toEqual([
        `${prefix}.bodhi.update.complete.stable`,
        `${prefix}.mbs.module.state.change`,
      ]);
      expect(ours().length).toBeGreaterThan(100);
    });

    test('are valid messages of fedora-messaging', () => {
      expect(
        ours().flatMap((message) => fedoraProblems(message).map((each) => [message.topic, each])),
      ).toEqual([]);
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
        [
          ...[...rebuilt, ...ofModule].flatMap((image) => [firstOf(image), secondOf(image)]),
          'standalone-5.1-1',
        ].sort(),
      );
      expect([...idsByNvr.values()].map((ids) => ids.size)).toEqual(Array.from(idsByNvr, () => 1));
    });

    const firstOf = (image: string): string => secondOf(image).replace(/2$/, '1');
    const secondOf = (image: string): string =>
      [...run().summary.rebuilt, ...run().summary.module.rebuilt].find((each) => each.image === image)?.nvr ??
      image;

    test('lead from each release back to the message of Bodhi, in one trace', () => {
      const bodhi = run().heard.find(({ topic }) => topic.endsWith('bodhi.update.complete.stable'));
      const releases = released().filter(({ body }) => rebuilt.map(secondOf).includes(body.nvr));
      expect(releases).toHaveLength(4);
      for (const { message } of releases) {
        expect(message.causation[0]).toBe(bodhi?.id);
        const chain = run().heard.filter(({ id }) => id !== bodhi?.id && message.causation.includes(id));
        expect(chain.map(({ topic }) => topic.slice(prefix.length + 1))).toEqual(
          expect.arrayContaining(['flibs.content.nominated', 'flibs.gate.decision.changed']),
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
      const decisions = eventsOf(run().heard, GateDecisionChanged).map(({ body }) => body);
      const tests = eventsOf(run().heard, ContainerImageTestComplete).map(({ body }) => body);
      for (const { body } of released()) {
        const decision = decisions.find((each) => each.decision === body.decision);
        expect(decision).toMatchObject({ state: 'satisfied', nvr: body.nvr, indexDigest: body.indexDigest });
        const passed = tests.filter(
          ({ artifact, test: { result } }) => artifact.digest === body.indexDigest && result === 'passed',
        );
        expect(passed.flatMap(({ system }) => system.map(({ architecture }) => architecture)).sort()).toEqual(
          arches,
        );
      }
    });

    test('tell of the rebuild what was changed and why', () => {
      for (const { body } of released().filter((each) => rebuilt.map(secondOf).includes(each.body.nvr))) {
        expect(body.causes.map(({ rebuild }) => rebuild)).toEqual([run().summary.rebuild]);
        expect(Object.keys(body.rpmChanges).sort()).toEqual(arches);
        expect(body.previousIndexDigest).toBe(
          run().summary.rebuilt.find(({ nvr }) => nvr === body.nvr)?.before,
        );
      }
    });
  });
};

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
