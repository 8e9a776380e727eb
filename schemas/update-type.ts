/** What kind of change something is rebuilt for. */
import { z } from 'zod';

/** Bodhi's types of updates; `unspecified` also for tags and repositories, which do not tell; then what is no update. */
export const UpdateType = z.enum([
  'security',
  'bugfix',
  'enhancement',
  'newpackage',
  'unspecified',
  'module',
  'base',
  'source',
  'withdrawal',
]);
export type UpdateType = z.infer<typeof UpdateType>;
