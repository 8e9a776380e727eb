/** Contents of manifests, and what repositories offer, as Kysely sees them; sql/0002.sql and what follows say what they mean. */
import type { Generated } from 'kysely';
import type { Arch } from '../../schemas/ids.ts';
import type { Severity } from '../../schemas/nomination.ts';
import type { Json } from './json-column.ts';

export interface RpmTable {
  id: Generated<number>;
  name: string;
  epoch: number;
  version: string;
  release: string;
  arch: string;
  source_name: string;
  source_evr: string;
  /** Empty: in no module. */
  module: Generated<string>;
}

export interface ManifestTable {
  digest: string;
  parent_digest: string | null;
  image: string;
  arch: Arch;
  content_id: string;
  /** Null: flibs did not build it. */
  content_list: string | null;
  /** Null: recorded before chain ids were. */
  chain_id: string | null;
  /** Chain ids of all its stacks, lowest first; null where flibs built it. */
  stack_ids: string[] | null;
  recorded_at: Date;
}

export interface AdoptionTable {
  id: Generated<number>;
  pullspec: string;
  distro_release: string | null;
  state: 'waiting' | 'adopted' | 'failed';
  nvr: string | null;
  told: string | null;
  asked_at: Date;
  ended_at: Date | null;
}

export interface ManifestRpmTable {
  manifest: string;
  rpm: number;
  change: 'added' | 'removed';
}

export interface CurrentTable {
  image: string;
  arch: Arch;
  manifest: string;
  nvr: string;
}

export interface RepositoryStateTable {
  distro_release: string;
  repository: string;
  arch: Arch;
  repomd_checksum: string | null;
  etag: string | null;
  last_modified: string | null;
  checked_at: Date | null;
  changed_at: Date | null;
  error: string | null;
}

export interface OfferTable {
  distro_release: string;
  repository: string;
  arch: Arch;
  name: string;
  epoch: number;
  version: string;
  release: string;
  rpm_arch: string;
  source_name: string;
  source_evr: string;
  module: string;
  since: Date;
}

/** A build of a module, as a repository lists it for an arch. */
export interface ModuleBuildTable {
  distro_release: string;
  repository: string;
  arch: Arch;
  /** `name:stream:version:context`. */
  label: string;
  /** `name:stream`. */
  module: string;
  profiles: Json<Record<string, string[]>>;
  since: Date;
}

export interface ModuleDefaultTable {
  distro_release: string;
  repository: string;
  arch: Arch;
  module: string;
  stream: string | null;
  profiles: Json<Record<string, string[]>>;
}

export interface AdvisoryTable {
  distro_release: string;
  repository: string;
  arch: Arch;
  id: string;
  type: string;
  severity: Severity;
  issued_at: Date | null;
}

export interface AdvisoryRpmTable {
  distro_release: string;
  repository: string;
  arch: Arch;
  name: string;
  epoch: number;
  version: string;
  release: string;
  rpm_arch: string;
  advisory: string;
  /** Null: before that was written down. */
  said_at: Date | null;
}
