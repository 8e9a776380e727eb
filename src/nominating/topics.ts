/** AMQP's topic patterns, matched as a topic exchange does, so that one list binds queues and explains messages. */

/** A test for one pattern: `*` is one word, `#` any number of words, none among them. */
export type TopicTest = (topic: string) => boolean;

const ofWord = (word: string): string => {
  if (word === '#') return '(?:\\.[^.]*)*';
  return word === '*' ? '\\.[^.]*' : `\\.${word.replace(/[^\w-]/g, '\\$&')}`;
};

/** Compiles patterns to one test. */
export const matchesAny = (patterns: readonly string[]): TopicTest => {
  const one = (pattern: string) => pattern.split('.').map(ofWord).join('');
  const expression = new RegExp(`^(?:${patterns.map(one).join('|')})$`);
  return (topic) => expression.test(`.${topic}`);
};

/** RabbitMQ's bound of a routing key, in bytes. */
export const longestTopic = 255;
