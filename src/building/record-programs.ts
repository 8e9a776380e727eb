/** Writes down which programs were run, for the bench's script: one JSON object a line in FLIBS_RECORD_PROGRAMS. */
import { appendFileSync } from 'node:fs';

/** Names of the environment that a script needs to do the same. */
const kept = [
  'HOME',
  'CONTAINERS_CONF',
  'CONTAINERS_REGISTRIES_CONF',
  'SOURCE_DATE_EPOCH',
  'GNUPGHOME',
  'TMPDIR',
];

/** Notes the start; the function that it returns notes the end. Without the variable both do nothing. */
export const recordProgram = (
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd: string | undefined,
): (() => void) => {
  const path = process.env['FLIBS_RECORD_PROGRAMS'];
  if (path === undefined || path === '') return () => undefined;
  const start = Date.now();
  return () => {
    const subset = Object.fromEntries(Object.entries(env).filter(([name]) => kept.includes(name)));
    appendFileSync(path, `${JSON.stringify({ argv, env: subset, cwd, start, ms: Date.now() - start })}\n`);
  };
};
