/** What a token allows. Without zod: the command line's help reads it. */
export const scopes = ['results', 'waivers', 'rebuilds', 'admin'] as const;

/**
 * `results`: report test results. `waivers`: waive them. `rebuilds`: build, cancel, retry, pause, adopt. `admin`:
 * everything, tokens and dead letters too.
 */
export type Scope = (typeof scopes)[number];
