/**
 * Bounds for names that strangers write. Whatever passes here may become a row, a header's name or an argument of a
 * program, so nothing that begins with a dash or a dot, holds white space, or is without end gets through.
 */
import { z } from 'zod';

/** Free text that is only compared or shown, quoted. */
export const Text = z.string().max(256);

/** A package's name, by Fedora's rules. Shorter than AMQP's 255 bytes, since filter headers carry it with a prefix. */
export const PackageName = z
  .string()
  .max(200)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._+-]*$/, 'does not look like a package name');

/** A version or a release, without epoch. */
export const VersionPart = z
  .string()
  .max(128)
  .regex(/^[A-Za-z0-9._+~^]+$/, 'does not look like a version');

/** A source package's build as Koji names it; there is no epoch in it. */
export const SourceBuild = z.object({ name: PackageName, version: VersionPart, release: VersionPart });
export type SourceBuild = z.infer<typeof SourceBuild>;

/** Name, stream, version or context of a module. */
export const ModulePart = z
  .string()
  .max(128)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._+~^-]*$/, 'does not look like a part of a module name');

/** What people call an update: `FEDORA-2026-0123456789`. */
export const AdvisoryId = z
  .string()
  .max(128)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:+~^-]*$/, 'does not look like an advisory');

/** A test case, or a part of its name. Slashes occur: tmt's plans are called `/plans/public`. */
export const TestCaseName = z
  .string()
  .max(255)
  .regex(/^[A-Za-z0-9_/][A-Za-z0-9_./:+@=-]*$/, 'does not look like a test case');
