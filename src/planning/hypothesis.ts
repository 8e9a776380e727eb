/** The words of a supposition, taken apart. */
import { type Nvr, parseNvr } from '../rpm/nevra.ts';

/** @throws Error naming what is no `name-version-release`. */
export const parseSource = (text: string): Nvr => {
  const nvr = parseNvr(text);
  if (!nvr) throw new Error(`${JSON.stringify(text)} is not the name-version-release of a source package`);
  return nvr;
};

export interface SupposedModule {
  /** `name:stream`. */
  readonly stream: string;
  readonly version: string;
  readonly label: string;
}

/** @throws Error naming what is no `name:stream:version:context`. */
export const parseModule = (text: string): SupposedModule => {
  const [, stream, version] = /^([^:\s]+:[^:\s]+):([^:\s]+):[^:\s]+$/.exec(text) ?? [];
  if (stream === undefined || version === undefined) {
    throw new Error(`${JSON.stringify(text)} is not the name:stream:version:context of a module`);
  }
  return { stream, version, label: text };
};
