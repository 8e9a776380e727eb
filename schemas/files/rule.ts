/** A rule of which images are rebuilt for what, and when: rules.yaml, or `rules` in flibs.yaml. */
import { z } from 'zod';
import { DistroReleaseName } from '../ids.ts';
import { Severity } from '../nomination.ts';
import { UpdateType } from '../update-type.ts';

/** `*` stands for any characters, `?` for one; the whole name has to fit. */
export const ImageGlob = z.string().regex(/^[a-z0-9*?](?:[a-z0-9._/*?-]*[a-z0-9*?])?$/, {
  error: 'must be the name of an image, with * and ? as wildcards',
});

/** Every criterion that is given must fit; of a list, one. */
const criteria = {
  /** Names it in reasons: `denied by rule NAME`. */
  name: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, {
    error: 'must be lower-case letters, digits, dots, dashes or underscores',
  }),
  distroRelease: z.array(DistroReleaseName).min(1).optional(),
  image: z.array(ImageGlob).min(1).optional(),
  update: z.array(UpdateType).min(1).optional(),
  severity: z.array(Severity).min(1).optional(),
  /** Holds for what people ask for too. */
  people: z.boolean().default(false),
};

const timeOfDay = z.string().regex(/^(?:[01][0-9]|2[0-3]):[0-5][0-9]$/, { error: 'must be HH:MM, in UTC' });

export const Rule = z
  .discriminatedUnion('action', [
    /** With any rule of this kind, what none of them names is not rebuilt by itself. */
    z.strictObject({ ...criteria, action: z.literal('allow') }),
    /** Beats every `allow`. */
    z.strictObject({ ...criteria, action: z.literal('deny') }),
    /** Nothing starts from `from` until `until`. */
    z.strictObject({
      ...criteria,
      action: z.literal('freeze'),
      from: z.iso.datetime({ offset: true }),
      until: z.iso.datetime({ offset: true }),
    }),
    /** Starts only within a window that opens on these days at `from`; before `from`, `to` is of the next day. */
    z.strictObject({
      ...criteria,
      action: z.literal('window'),
      days: z
        .array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']))
        .min(1)
        .optional(),
      from: timeOfDay,
      to: timeOfDay,
    }),
    /** At most so many arch builds start in an hour. */
    z.strictObject({ ...criteria, action: z.literal('limit'), perHour: z.int().min(1).max(100_000) }),
  ])
  .superRefine((rule, context) => {
    const given = [rule.distroRelease, rule.image, rule.update, rule.severity];
    if (given.every((criterion) => criterion === undefined)) {
      const message = 'names nothing; image: ["*"] is everything';
      context.addIssue({ code: 'custom', message });
    }
    if (rule.action === 'freeze' && Date.parse(rule.from) >= Date.parse(rule.until)) {
      context.addIssue({ code: 'custom', path: ['until'], message: 'is not after from' });
    }
    if (rule.action === 'window' && rule.from === rule.to) {
      context.addIssue({ code: 'custom', path: ['to'], message: 'is the same as from' });
    }
  });
export type Rule = z.infer<typeof Rule>;
