/** What a message of ours or a job is about, for the lines of the log that it causes. */

const keys = ['nvr', 'arch', 'run', 'rebuild'] as const;
/** Characters: longer than any of ours. */
const longest = 300;

export type About = Readonly<Partial<Record<(typeof keys)[number], string | number>>>;

/** Whatever of NVR, arch, run and rebuild a body or a job's inputs name. */
export const aboutOf = (value: unknown): About => {
  if (typeof value !== 'object' || value === null) return {};
  const named = new Map<string, unknown>(Object.entries(value));
  return Object.fromEntries(
    keys.flatMap((key) => {
      const found = named.get(key);
      const fits = typeof found === 'number' || (typeof found === 'string' && found.length <= longest);
      return fits ? [[key, found]] : [];
    }),
  );
};

/** The same of a body as it came; of one that cannot be read, nothing. */
export const aboutBytes = (body: Buffer): About => {
  try {
    return aboutOf(JSON.parse(body.toString('utf8')));
  } catch {
    return {};
  }
};
