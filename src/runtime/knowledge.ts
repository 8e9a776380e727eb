/** What a consumer's `read` must know from the store: loaded before its first message, then kept fresh. */
import type { Consumer } from './consumer.ts';
import type { Environment } from './environment.ts';

export interface KnowledgeHolder<Knowledge> {
  /** Throws before the first refresh. */
  current(): Knowledge;
  refresh(): Promise<void>;
}

// A consumer without `knowledge` has `undefined` for its type: the overload says what the field's optionality cannot.
async function load<Knowledge>(
  consumer: Consumer<never, Knowledge>,
  environment: Environment,
): Promise<Knowledge>;
async function load<Knowledge>(
  { knowledge }: Consumer<never, Knowledge>,
  { store }: Environment,
): Promise<Knowledge | undefined> {
  return knowledge === undefined ? undefined : store.transaction(knowledge, 'knowledge');
}

export const knowledgeOf = <Ports, Knowledge>(
  consumer: Consumer<Ports, Knowledge>,
  environment: Environment,
): KnowledgeHolder<Knowledge> => {
  let held: { readonly value: Knowledge } | undefined;
  return {
    current: () => {
      if (held === undefined)
        throw new Error(`consumer ${consumer.name} received before its knowledge was loaded`);
      return held.value;
    },
    refresh: async () => {
      held = { value: await load(consumer, environment) };
    },
  };
};
