/** What people have paused, before the answer that it is about. */
import type { PauseNote } from '../../planning/paused.ts';

/** A line each, and an empty one; nothing where nothing is paused. */
export const pausedText = (paused: readonly PauseNote[]): string =>
  paused.length === 0 ? '' : `${paused.map(({ text }) => text).join('\n')}\n\n`;
