/** A Containerfile with every parent named by digest (ARCHITECTURE rule 10). */
import { parseContainerfile } from './containerfile.ts';
import { problemAt } from './problem-at.ts';

/**
 * The file with each image that FROM, `COPY --from=` or `RUN --mount=...from=` names replaced by its pullspec. The
 * keys of `pins` are the names as {@link parseContainerfile} reads them, variables put in.
 * @throws Error when the file cannot be read, or names an image that no pin is given for.
 */
export const pinParents = (file: string, pins: ReadonlyMap<string, string>): string => {
  const { references, problems } = parseContainerfile(file);
  if (problems.length > 0) {
    const told = problems.map(({ line, keyword, what }) =>
      problemAt({ file: 'Containerfile', line, key: keyword }, what),
    );
    throw new Error(`the Containerfile cannot be read: ${told.join('; ')}`);
  }
  let pinned = file;
  for (const reference of references.toReversed()) {
    const pullspec = pins.get(reference.from);
    if (pullspec === undefined) {
      throw new Error(
        `Containerfile line ${reference.line}: no digest is known for ${JSON.stringify(reference.from)}; every parent is built on by digest`,
      );
    }
    if (!/^[A-Za-z0-9][A-Za-z0-9./:@_+-]*$/.test(pullspec)) {
      throw new Error(
        `${JSON.stringify(pullspec)} is no pullspec to build ${JSON.stringify(reference.from)} from`,
      );
    }
    pinned = pinned.slice(0, reference.start) + pullspec + pinned.slice(reference.end);
  }
  return pinned;
};
