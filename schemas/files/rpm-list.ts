/** RPMs as files list them: by NEVRA, with source package and module label where they are known. */
import { z } from 'zod';
import { formatEvr } from '../../src/rpm/evr.ts';
import { parseNevra, sourceOfFileName } from '../../src/rpm/nevra.ts';
import { ModuleLabel, type Rpm } from '../content.ts';

const Nevra = z
  .string()
  .max(512)
  .regex(/^(?:[0-9]{1,9}:)?[^\s:]+-(?:[0-9]{1,9}:)?[^\s:-]+-[^\s:-]+\.[^\s:.-]+$/, {
    error: 'is no NEVRA: write name-[epoch:]version-release.arch',
    abort: true,
  })
  .refine((text) => parseNevra(text) !== undefined, 'is no NEVRA: the epoch is written twice')
  .describe('`name-[epoch:]version-release.arch`; `epoch:name-version-release.arch` is read as well.');

const RpmWithSource = z.strictObject({
  nevra: Nevra,
  source: z
    .string()
    .min(1)
    .max(512)
    .optional()
    .describe(
      "Name of the source package, or its file name as rpm's SOURCERPM tag has it (`openssl-3.2.1-2.fc40.src.rpm`). Default: the package's own name.",
    ),
  sourceEvr: z
    .string()
    .min(1)
    .max(512)
    .optional()
    .describe(
      "`[epoch:]version-release` of the source package. Default: that of its file name, else the package's own.",
    ),
  module: ModuleLabel.optional(),
});

/** One entry: the NEVRA alone, or with what else is known. Reads into an `Rpm`. */
const RpmEntry = z.union([Nevra, RpmWithSource]).transform((entry, context): Rpm => {
  const { nevra, source, sourceEvr, module } = typeof entry === 'string' ? { nevra: entry } : entry;
  const read = parseNevra(nevra);
  if (!read) {
    context.addIssue({ code: 'custom', message: 'is no NEVRA' });
    return z.NEVER;
  }
  const file = source === undefined ? undefined : sourceOfFileName(source);
  return {
    ...read,
    sourceName: file?.name ?? source ?? read.name,
    sourceEvr: sourceEvr ?? formatEvr(file ? { epoch: read.epoch, ...file } : read),
    ...(module !== undefined && { module }),
  };
});

export const RpmList = z.array(RpmEntry);
