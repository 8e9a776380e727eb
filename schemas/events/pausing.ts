/** What people pause and resume. */
import { z } from 'zod';
import { ImageName } from '../ids.ts';
import { defineEvent, EventBase } from './event.ts';

export const PauseChanged = defineEvent({
  topic: 'flibs.pause.changed',
  major: 1,
  description: 'An image, automatic rebuilds or everything was paused, or goes on again.',
  body: EventBase.extend({
    pause: z.number().int(),
    scope: z.enum(['image', 'automatic', 'everything']),
    image: ImageName.optional(),
    paused: z.boolean(),
    by: z.string().optional().describe('Who did it; absent where the time of the pause was up.'),
    /** Why it was paused. */
    reason: z.string(),
    /** When it ends by itself, or would have. */
    until: z.iso.datetime().optional(),
  }),
  subject: (body) => body.image ?? body.scope,
  concerns: (body) => ({ containers: body.image === undefined ? [] : [body.image] }),
});
