/** What needs no further word: a rebuild has looked at it since, or is going to. */
import { type RawBuilder, sql } from 'kysely';

/**
 * Whether one of these was nominated and a plan saw what there was since then, or will. What a person dropped before it
 * was planned does not count.
 *
 * @param targets - names as SQL, separated by commas
 */
export const lookedAtSince = (
  targets: RawBuilder<unknown>,
  distroRelease: RawBuilder<unknown>,
  since: RawBuilder<unknown>,
): RawBuilder<boolean> => sql<boolean>`exists (
  select from nomination_target as told
  where told.target in (${targets}) and told.distro_release = ${distroRelease}
    and (told.closed_at is null or (told.closed_at >= ${since} and told.seen <> 'dropped'))
)`;
