/** Generated files that are checked in: the JSON Schemas of what flibs says, commands and reads. */

import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { schemaAddress } from '../../schemas/address.ts';
import { byText } from '../../schemas/by-text.ts';
import { Announcement, Command, LogChunk, Report } from '../../schemas/commands/run.ts';
import { ContentList } from '../../schemas/content.ts';
import { events } from '../../schemas/events/catalogue.ts';
import { cloudEventType } from '../../schemas/events/event.ts';
import { Change } from '../../schemas/files/change.ts';
import { DistroRelease } from '../../schemas/files/distro-release.ts';
import { ImageDefinition } from '../../schemas/files/image.ts';
import { Inventory } from '../../schemas/files/inventory.ts';
import { Rule } from '../../schemas/files/rule.ts';
import { PlanAnswer } from '../planning/files/answer.ts';
import { packageRoot } from './package-root.ts';

interface Documented {
  /** Ends with the major version; names the file. */
  readonly name: string;
  readonly description: string;
  readonly schema: z.ZodType;
}

const documented = (): readonly Documented[] => [
  ...events.map((event): Documented => {
    const { description, body: schema } = event;
    return { name: cloudEventType(event), description, schema };
  }),
  {
    name: 'io.flibs.command.v1',
    description: 'What a worker is told to do.',
    schema: Command,
  },
  {
    name: 'io.flibs.report.v1',
    description: 'What a worker says about a run.',
    schema: Report,
  },
  {
    name: 'io.flibs.announcement.v1',
    description: 'A worker that says what it is and what it has in hand.',
    schema: Announcement,
  },
  {
    name: 'io.flibs.log-chunk.v1',
    description: 'A piece of a live build log.',
    schema: LogChunk,
  },
  {
    name: 'io.flibs.content-list.v1',
    description: 'The RPMs in an image of one arch, as a run leaves them behind.',
    schema: ContentList,
  },
  {
    name: 'io.flibs.distro-release.v1',
    description: 'A distro release as configuration gives it.',
    schema: DistroRelease,
  },
  {
    name: 'io.flibs.rule.v1',
    description: 'A rule of which images are rebuilt for what, and when.',
    schema: Rule,
  },
  {
    name: 'io.flibs.image-definition.v1',
    description: 'An image definition as flibs keeps it.',
    schema: ImageDefinition,
  },
  {
    name: 'io.flibs.inventory.v1',
    description: 'Images, what is in them and what is on offer: what `flibs plan` reads.',
    schema: Inventory,
  },
  {
    name: 'io.flibs.change.v1',
    description: 'Nominations, and what has come on offer with them: what `flibs plan` reads.',
    schema: Change,
  },
  {
    name: 'io.flibs.plan.v1',
    description: 'A plan: what `flibs plan --json` prints.',
    schema: PlanAnswer,
  },
];

/** Name of each file in `schemas/json` and its text: sorted keys, so that a change of order is no change. */
export const schemaFiles = (): ReadonlyMap<string, string> =>
  new Map(
    documented().map(({ name, description, schema }) => {
      // As input: defaults may be left out, and a reader must not refuse what a later minor version adds.
      const generated = z.toJSONSchema(schema, { io: 'input' });
      const whole = { ...generated, $id: schemaAddress(name), title: name, description };
      return [`${name}.json`, `${JSON.stringify(sorted(whole), null, 2)}\n`];
    }),
  );

/** Writes the files that are not current, removes those of schemas that are gone, and names both. */
export const generateSchemas = async (folder = schemaFolder()): Promise<readonly string[]> => {
  const files = schemaFiles();
  const stale = await checkSchemas(folder);
  await mkdir(folder, { recursive: true });
  for (const name of stale) {
    const text = files.get(name);
    if (text === undefined) await rm(join(folder, name));
    else await writeFile(join(folder, name), text);
  }
  return stale;
};

/** Names of files that are missing, not current, or of a schema that is gone. Changes nothing. */
export const checkSchemas = async (folder = schemaFolder()): Promise<readonly string[]> => {
  const files = schemaFiles();
  const found = await readdir(folder).catch((): string[] => []);
  const names = [...new Set([...files.keys(), ...found])].sort();
  const stale = await Promise.all(
    names.map(async (name) => (await textOf(join(folder, name))) !== files.get(name)),
  );
  return names.filter((_, index) => stale[index]);
};

const textOf = (file: string): Promise<string | undefined> => readFile(file, 'utf8').catch(() => undefined);

const schemaFolder = (): string => join(packageRoot(), 'schemas', 'json');

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => byText(a, b))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
};
