/** `updateinfo.xml`: advisories, with the packages that each brings. */
import { z } from 'zod';
import type { Severity } from '../../schemas/nomination.ts';
import type { Nevra } from '../rpm/nevra.ts';
import { decodedText } from './bytes.ts';
import { MetadataError } from './metadata-error.ts';
import { type UnreadPart, withoutParts } from './without-parts.ts';
import { parseXml, type XmlHandler } from './xml-stream.ts';

export const advisoryTypes = ['security', 'bugfix', 'enhancement', 'newpackage', 'other'] as const;
export type AdvisoryType = (typeof advisoryTypes)[number];

export interface Advisory {
  /** `FEDORA-2026-0f11b5de40`. */
  readonly id: string;
  readonly type: AdvisoryType;
  /** Of security advisories; `none` for all others. */
  readonly severity: Severity;
  readonly issuedAt: Date | undefined;
  /** Binary packages, in any arch. */
  readonly rpms: readonly Nevra[];
}

/** Long texts that nobody here reads. */
const unread: readonly UnreadPart[] = [
  { after: '<description>', until: ['</description>'] },
  { after: '<references>', until: ['</references>'] },
];

/** Of one advisory; a whole desktop's has some thousands. */
const mostPackages = 100_000;

/** Both of Red Hat's words and Bodhi's. */
const severities: Readonly<Record<string, Severity>> = {
  critical: 'critical',
  urgent: 'critical',
  important: 'important',
  high: 'important',
  moderate: 'moderate',
  medium: 'moderate',
  low: 'low',
};

const word = z.string().min(1).max(255).regex(/^\S+$/);
const Package = z.object({
  name: word,
  epoch: z.coerce.number().int().nonnegative().default(0),
  version: word,
  release: word,
  arch: word,
});
const Id = z
  .string()
  .trim()
  .regex(/^\S{1,255}$/);

/** Hands advisories over some at a time, as the text comes; each batch is awaited before more is read. */
export const parseUpdateinfo = async (
  bytes: AsyncIterable<Uint8Array>,
  onAdvisories: (advisories: readonly Advisory[]) => void | Promise<void>,
): Promise<void> => {
  const ready: Advisory[] = [];
  const handOver = async () => {
    if (ready.length > 0) await onAdvisories(ready.splice(0));
  };
  const handler = updateHandler((advisory) => ready.push(advisory));
  await parseXml(decodedText(withoutParts(bytes, unread)), handler, handOver);
  await handOver();
};

interface Fields {
  id: string;
  type: string;
  severity: string;
  issued: string;
  rpms: Nevra[];
}

const nothing = (type: string): Fields => ({ id: '', type, severity: '', issued: '', rpms: [] });

const updateHandler = (found: (advisory: Advisory) => void): XmlHandler => {
  let fields = nothing('');
  return {
    open: (path, attributes) => {
      if (path.length === 1 && path[0] !== 'updates')
        throw new MetadataError(`it is a ${path[0]}, not updateinfo metadata`);
      if (path.length === 2) fields = nothing(attributes['type'] ?? '');
      if (path.length === 3 && path[2] === 'issued') fields.issued = attributes['date'] ?? '';
      if (path.length !== 5 || path[4] !== 'package') return;
      if (fields.rpms.length >= mostPackages)
        throw new MetadataError(`an advisory lists more than ${mostPackages} packages`);
      fields.rpms.push(...packageOf(fields.id, attributes));
    },
    close: (path, text) => {
      if (path.length === 3 && path[2] === 'id') fields.id = text;
      if (path.length === 3 && path[2] === 'severity') fields.severity = text.trim();
      if (path.length === 2 && path[1] === 'update') found(advisoryOf(fields));
    },
  };
};

const packageOf = (advisory: string, attributes: Readonly<Record<string, string>>): Nevra[] => {
  const parsed = Package.safeParse(attributes);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const name = JSON.stringify(advisory.slice(0, 80));
    throw new MetadataError(`advisory ${name}: a package: ${issue?.path.join('.')}: ${issue?.message}`);
  }
  return parsed.data.arch === 'src' ? [] : [parsed.data];
};

const advisoryOf = ({ id, type, severity, issued, rpms }: Fields): Advisory => {
  const parsed = Id.safeParse(id);
  if (!parsed.success)
    throw new MetadataError(`an advisory has no usable id: ${JSON.stringify(id.slice(0, 80))}`);
  const known = advisoryTypes.find((each) => each === type) ?? 'other';
  return {
    id: parsed.data,
    type: known,
    severity: known === 'security' ? (severities[severity.toLowerCase()] ?? 'none') : 'none',
    issuedAt: dateOf(issued.trim()),
    rpms,
  };
};

/** `2026-04-01`, `2026-04-01 10:20:30` in UTC, or seconds since 1970: the field writes all three. */
const dateOf = (text: string): Date | undefined => {
  if (/^[0-9]{9,11}$/.test(text)) return new Date(Number(text) * 1000);
  const [, day, time = '00:00:00'] = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}:\d{2}))?/.exec(text) ?? [];
  const date = new Date(`${day}T${time}Z`);
  return day === undefined || Number.isNaN(date.getTime()) ? undefined : date;
};
