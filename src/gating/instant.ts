/** Times as YAML, ResultsDB and WaiverDB write them. */
import { Instant } from '../../schemas/instant.ts';

/** A day; a time after `T` or spaces; a fraction of any length; `Z`, an offset or nothing, which is UTC. */
const written =
  /^(\d{4})-(\d\d?)-(\d\d?)(?:(?:[Tt]|[ \t]+)(\d\d?):(\d\d)(?::(\d\d)(?:\.(\d*))?)?[ \t]*(?:[Zz]|UTC|([+-])(\d\d?):?(\d\d)?)?)?$/;

/** Undefined for what is no time, 30 February among it. What is finer than a microsecond is cut off. */
export const readInstant = (text: string): Instant | undefined => {
  const found = written.exec(text);
  if (!found) return undefined;
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map((part) => Number(part ?? 0));
  const local = new Date(Date.UTC(year ?? 0, (month ?? 0) - 1, day, hour, minute, second));
  if (local.getUTCDate() !== day || local.getUTCMonth() + 1 !== month) return undefined;
  if ((hour ?? 0) > 23 || (minute ?? 0) > 59 || (second ?? 0) > 59) return undefined;
  const [, , , , , , , fraction = '', sign, hours, minutes] = found;
  const east = (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0));
  const whole = new Date(local.getTime() - east * 60_000).toISOString().slice(0, 19);
  return Instant.safeParse(`${whole}.${fraction.slice(0, 6).padEnd(6, '0')}Z`).data;
};

/** As the store's columns have it, to the millisecond. */
export const instantOf = (date: Date): Instant => Instant.parse(date.toISOString().replace('Z', '000Z'));

export const secondsAfter = (instant: Instant, seconds: number): Instant => {
  const whole = new Date(new Date(`${instant.slice(0, 19)}Z`).getTime() + seconds * 1000);
  return Instant.parse(`${whole.toISOString().slice(0, 19)}${instant.slice(19)}`);
};
