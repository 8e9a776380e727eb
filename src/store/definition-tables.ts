/** Definitions and distro releases, as Kysely sees them; sql/0002.sql says what they mean. */
import type { Generated } from 'kysely';
import type { LoadedDistroRelease } from '../../schemas/files/distro-release.ts';
import type { ImageDefinition } from '../../schemas/files/image.ts';
import type { Rule } from '../../schemas/files/rule.ts';
import type { Arch } from '../../schemas/ids.ts';
import type { PolicySet } from '../gating/policy-yaml.ts';
import type { Json } from './json-column.ts';

export interface DefinitionsRevisionTable {
  id: Generated<number>;
  fingerprint: string;
  loaded_at: Date;
}

export interface ImageTable {
  name: string;
  from_revision: number;
  to_revision: number | null;
  distro_release: string;
  definition: Json<ImageDefinition>;
}

export interface ImageParentTable {
  image: string;
  from_revision: number;
  parent: string;
  edge: 'layer' | 'build-only';
}

export interface ImageBaseTable {
  image: string;
  from_revision: number;
  pullspec: string;
  edge: 'layer' | 'build-only';
}

export interface DistroReleaseTable {
  name: string;
  from_revision: number;
  to_revision: number | null;
  definition: Json<LoadedDistroRelease>;
}

export interface DefinitionProblemTable {
  folder: string;
  problems: string[];
  since: Date;
}

export interface RuleTable {
  name: string;
  from_revision: number;
  to_revision: number | null;
  place: number;
  definition: Json<Rule>;
}

export interface PolicySetTable {
  from_revision: number;
  to_revision: number | null;
  definition: Json<PolicySet>;
}

export interface RuleStartTable {
  rule: string;
  arch_build: number;
  at: Date;
}

/** What external bases' names point to. */
export interface ExternalBaseTable {
  pullspec: string;
  digest: string | null;
  checked_at: Date | null;
  changed_at: Date | null;
  error: string | null;
}

export interface ExternalBaseArchTable {
  pullspec: string;
  arch: Arch;
  manifest_digest: string;
}
