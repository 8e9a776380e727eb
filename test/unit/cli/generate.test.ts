import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { events } from '../../../schemas/events/catalogue.ts';
import { cloudEventType } from '../../../schemas/events/event.ts';
import { checkSchemas, generateSchemas, schemaFiles } from '../../../src/cli/generate.ts';

const withFolder = async (use: (folder: string) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'flibs-schemas-'));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
};

describe('generated JSON Schemas', () => {
  test('those that are checked in are current (else run: npm run generate)', async () => {
    expect(await checkSchemas()).toEqual([]);
  });

  test('there is one for every event, named as its CloudEvents type', () => {
    const names = [...schemaFiles().keys()];
    expect(names).toEqual(expect.arrayContaining(events.map((event) => `${cloudEventType(event)}.json`)));
    expect(new Set(names).size).toBe(names.length);
  });

  test('each has the address that its events carry as dataschema', () => {
    for (const [name, text] of schemaFiles()) {
      expect(JSON.parse(text)).toMatchObject({ $id: `urn:flibs:schema:${name.replace(/\.json$/, '')}` });
    }
  });

  test('none forbids what a later minor version may add, but of files that people write', () => {
    const strict = [...schemaFiles()].filter(([, text]) => text.includes('"additionalProperties": false'));
    expect(strict.map(([name]) => name)).toEqual([
      'io.flibs.rule.v1.json',
      'io.flibs.inventory.v1.json',
      'io.flibs.change.v1.json',
    ]);
  });

  test('missing, changed and orphaned files are named and mended', async () => {
    await withFolder(async (folder) => {
      await generateSchemas(folder);
      await rm(join(folder, 'io.flibs.report.v1.json'));
      await writeFile(join(folder, 'io.flibs.command.v1.json'), '{}\n');
      await writeFile(join(folder, 'io.flibs.gone.v1.json'), '{}\n');
      const stale = ['io.flibs.command.v1.json', 'io.flibs.gone.v1.json', 'io.flibs.report.v1.json'];
      expect(await checkSchemas(folder)).toEqual(stale);
      expect(await generateSchemas(folder)).toEqual(stale);
      expect(await checkSchemas(folder)).toEqual([]);
      expect(await readdir(folder)).not.toContain('io.flibs.gone.v1.json');
      expect(await readFile(join(folder, 'io.flibs.report.v1.json'), 'utf8')).toMatch(/\n$/);
    });
  });
});
