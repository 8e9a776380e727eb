/** consumers/README.md: the table of contents of the system, drawn from the consumers' own declarations. */
import { consumersOf, strangers } from '../../consumers/catalogue.ts';
import type { Settings } from '../flows/settings.ts';

const opening = `# Consumers

Made from the declarations in this folder by \`flibs generate\`: change those. \`<prefix>\` is the instance's topic prefix.

`;

/** Addresses and periods do not show on the page. */
const anySettings: Settings = {
  instance: 'main',
  topicPrefix: 'prefix',
  candidateRegistry: 'registry/candidates',
  releaseRegistry: 'registry/released',
  rebuild: { quietPeriod: 60, maximum: 600 },
  repositoryInterval: 300,
  reconcileInterval: 3600,
  definitionsInterval: 60,
  worker: { heartbeat: 5, lease: 60 },
  jobLease: 60,
  runTimeout: 3600,
  reporters: [],
  observe: false,
  runAttempts: 8,
};

type Declared = ReturnType<typeof consumersOf>[number];

export const consumersPage = (): string => {
  const consumers = consumersOf(anySettings);
  return `${opening}${chart(consumers)}\n${consumers.map(chapter).join('\n')}\n${strangers.map(strangerChapter).join('\n')}`;
};

/** An arrow for each event, from who says it to who listens to it. */
const chart = (consumers: readonly Declared[]): string => {
  const arrows = consumers.flatMap((speaker) =>
    consumers.flatMap((listener) => {
      const heard = speaker.says.filter(({ topic }) => topicsOf(listener).includes(`<prefix>.${topic}`));
      const labels = heard.map(({ topic }) => topic.replace(/^flibs\./, '')).join('<br>');
      return labels === '' || speaker.name === listener.name
        ? []
        : [`  ${speaker.name} -- "${labels}" --> ${listener.name}`];
    }),
  );
  return ['```mermaid', 'flowchart TD', ...arrows, '```', ''].join('\n');
};

const topicsOf = ({ listening }: Declared): readonly string[] => listening.flatMap(({ topics }) => topics);

const chapter = (consumer: Declared): string => {
  const bindings = consumer.listening.flatMap(({ exchange, topics, transient }) =>
    topics.map((topic) => `- ${exchange}: \`${topic}\`${transient ? ' (transient)' : ''}`),
  );
  return [
    `## ${consumer.name}`,
    '',
    `Listens to ${consumer.listensTo}; ${consumer.does}.`,
    '',
    ...(bindings.length > 0 ? [...new Set(bindings), ''] : []),
    ...(consumer.effects.length > 0
      ? [`Effects: ${consumer.effects.map(({ kind }) => `\`${kind}\``).join(', ')}.`, '']
      : []),
    `Says ${consumer.says.length === 0 ? 'no events' : consumer.says.map(({ topic }) => `\`${topic}\``).join(', ')}.`,
    '',
  ].join('\n');
};

const strangerChapter = ({ name, listensTo, does, says }: (typeof strangers)[number]): string =>
  `## ${name}\n\nListens to ${listensTo}; ${does}. Says ${says}.\n`;
