import { describe, expect, test } from '@jest/globals';
import { createLog } from '../../../src/cli/logging.ts';

const aStream = () => {
  const lines: string[] = [];
  return { lines, write: (line: string) => void lines.push(line) };
};

describe('the log', () => {
  test('is JSON, one line a decision, with level and time in words', () => {
    const to = aStream();
    createLog({ level: 'info', pretty: 'auto', to }).info({ rebuild: 4 }, 'planned');
    expect(to.lines).toHaveLength(1);
    expect(JSON.parse(to.lines[0] ?? '')).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      rebuild: 4,
      msg: 'planned',
    });
  });

  test('says nothing below its level', () => {
    const to = aStream();
    createLog({ level: 'warn', pretty: 'never', to }).info('planned');
    expect(to.lines).toEqual([]);
  });

  test.each(['never', 'always'] as const)('never shows a password (pretty: %s)', (pretty) => {
    const to = aStream();
    const log = createLog({ level: 'info', pretty, to });
    log.info({ password: 'hunter2', peer: { token: 'hunter2' } }, 'connecting to amqp://flibs:hunter2@host');
    log.error({ err: new Error('postgresql://flibs:hunter2@db is away') }, 'failed');
    expect(to.lines.join('')).not.toContain('hunter2');
    expect(to.lines.join('')).toContain('amqp://flibs:***@host');
  });

  test('is for people where that is asked for', () => {
    const to = aStream();
    createLog({ level: 'info', pretty: 'always', to }).warn({ arch: 's390x' }, 'held');
    expect(to.lines.join('')).toMatch(/^\[\d\d:\d\d:\d\d\.\d{3}\] WARN: held .*"arch":"s390x"/);
  });
});
