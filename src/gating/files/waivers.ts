/** Waivers in a file: a list as WaiverDB's API gives it, and what flibs has beyond. */
import { z } from 'zod';
import { Instant } from '../../../schemas/instant.ts';
import type { Waiver } from '../decision.ts';
import { readInstant } from '../instant.ts';
import { listed, Time, uniqueIds } from './results.ts';

const text = z.string().min(1);

const WaiverJson = z
  .strictObject({
    id: z.number().int(),
    subject_type: text,
    subject_identifier: text,
    testcase: text,
    product_version: text,
    waived: z.boolean(),
    timestamp: Time,
    scenario: z.string().nullish(),
    /** Beyond WaiverDB: only this arch, only until then, only this result. */
    arch: z.string().nullish(),
    expires: Time.nullish(),
    result_id: z.number().int().nullish(),
    // WaiverDB's, of no weight here.
    subject: z.unknown().optional(),
    username: z.unknown().optional(),
    proxied_by: z.unknown().optional(),
    comment: z.unknown().optional(),
  })
  .refine(({ waived, expires }) => waived || !expires, {
    path: ['expires'],
    message: 'is for what is waived: what takes a waiver back does not expire',
  });

/** A list, or an answer of `GET /api/v1.0/waivers/` with the list under `data`. */
export const WaiversFile = z.preprocess(listed, z.array(WaiverJson).superRefine(uniqueIds));

export type WaiversFile = z.infer<typeof WaiversFile>;

export const waiversOf = (file: WaiversFile): readonly Waiver[] =>
  file.map((waiver) => ({
    id: waiver.id,
    subjectType: waiver.subject_type,
    subjectIdentifier: waiver.subject_identifier,
    testCase: waiver.testcase,
    productVersion: waiver.product_version,
    waived: waiver.waived,
    at: instant(waiver.timestamp),
    ...(waiver.scenario && { scenario: waiver.scenario }),
    ...(waiver.arch && { arch: waiver.arch }),
    ...(waiver.expires && { expires: instant(waiver.expires) }),
    ...(typeof waiver.result_id === 'number' && { result: waiver.result_id }),
  }));

/** Of what the schema has let through. */
const instant = (written: string): Instant => Instant.parse(readInstant(written));
