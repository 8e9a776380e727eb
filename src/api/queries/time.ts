/** Times as the API tells them. */
export const iso = (time: Date): string => time.toISOString();

export const isoOrNull = (time: Date | null): string | null => (time === null ? null : time.toISOString());
