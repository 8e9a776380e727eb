/** Binding keys of AMQP's topic exchanges: words between dots, `*` is one word, `#` any number of them, also none. */

/** Compiles a binding key once, for matching every routing key that arrives. */
export const topicMatcher = (bindingKey: string): ((routingKey: string) => boolean) => {
  if (bindingKey === '#') return () => true;
  if (!/(?:^|\.)[*#](?:\.|$)/.test(bindingKey)) return (routingKey) => routingKey === bindingKey;
  const pattern = bindingKey.split('.');
  return (routingKey) => matchesWords(pattern, routingKey.split('.'));
};

/** Both lists in step, remembering the last `#`: no pattern makes this slower than words times words. */
const matchesWords = (pattern: readonly string[], words: readonly string[]): boolean => {
  let at = 0;
  let next = 0;
  let hash = -1;
  let hashTook = 0;
  while (next < words.length) {
    const wanted = pattern[at];
    if (wanted === '#') {
      hash = at;
      hashTook = next;
      at += 1;
    } else if (wanted === '*' || (wanted !== undefined && wanted === words[next])) {
      at += 1;
      next += 1;
    } else if (hash >= 0) {
      hashTook += 1;
      next = hashTook;
      at = hash + 1;
    } else return false;
  }
  return pattern.slice(at).every((word) => word === '#');
};
