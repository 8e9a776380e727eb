/** What effects reach beyond bus and store. One object a process; a consumer names the part it needs. */

import type { Registry } from '../registry/registry.ts';
import type { Adoption } from './adopting/adopt.ts';
import type { Foreign } from './contents/foreign-image.ts';
import type { Loaded } from './defining/definitions.ts';
import type { BaseFound, BaseLook } from './looking/external-bases.ts';
import type { Found, Look } from './looking/repositories.ts';
import type { TagToCheck } from './releasing/tags-to-check.ts';

export interface RegistryPort {
  /** The registry and the repository within it of `host:port/path`. */
  readonly registry: (repository: string) => { readonly registry: Registry; readonly repository: string };
}

export interface RepositoriesPort {
  /** Reads a repository's metadata, unless it is what it was. */
  readonly lookAt: (look: Look, signal: AbortSignal) => Promise<Found>;
}

export interface DefinitionsPort {
  /** Reads the definitions and pushes the folders that the registry lacks. */
  readonly loadDefinitions: () => Promise<Loaded>;
}

export interface TagsPort {
  /** What a tag is wanted to point to now. */
  readonly desiredTag: (repository: string, name: string) => Promise<string | undefined>;
  /** Wanted tags that nobody has looked at for long. */
  readonly tagsToCheck: () => Promise<readonly TagToCheck[]>;
}

export interface AdoptionPort {
  /** Reads an image that flibs did not build from its registry. */
  readonly readForeign: (adoption: Adoption, signal: AbortSignal) => Promise<Foreign>;
}

export interface BasesPort {
  /** Reads what the name of an external base points to. */
  readonly lookAtBase: (look: BaseLook, signal: AbortSignal) => Promise<BaseFound>;
}

export type Ports = RegistryPort & BasesPort & AdoptionPort & RepositoriesPort & DefinitionsPort & TagsPort;
