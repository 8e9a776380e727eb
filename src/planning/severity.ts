/** How urgent causes are, put in order. */
import type { Severity } from '../../schemas/nomination.ts';

const ranks: readonly Severity[] = ['none', 'low', 'moderate', 'important', 'critical'];

/** The most severe of all; `none` where there are none. */
export const worst = (severities: readonly Severity[]): Severity =>
  severities.reduce<Severity>((a, b) => (ranks.indexOf(a) >= ranks.indexOf(b) ? a : b), 'none');
