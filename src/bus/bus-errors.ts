/** What `declare` and `publish` reject with. Each says what the catcher may do. */
import { reasonOf, replyCode } from './reason-of.ts';

/** The bus was closed while something waited. Nothing is to be done: the process stops. */
export class BusClosed extends Error {
  override name = 'BusClosed';
  constructor() {
    super('the bus was closed');
  }
}

/** The message can never be sent as it is: give it up, or send another. */
export class UnsendableMessage extends Error {
  override name = 'UnsendableMessage';
}

/** The broker refuses an operation: trying again helps only after somebody changed something there. */
export class BrokerRefused extends Error {
  override name = 'BrokerRefused';
  readonly code: number;
  constructor(message: string, code: number, cause: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

const declareAdvice: Readonly<Record<number, string>> = {
  403:
    'Give the user of the URL configure, write and read permission on names that begin with "flibs.", or have an ' +
    'administrator make it and set passive declares.',
  404: 'It does not exist. Have an administrator make it, or turn passive declares off so that flibs makes what is its own.',
  406:
    'It exists with other properties than flibs gives it. Delete it once it is empty, or give this flibs another ' +
    'instance name.',
};

/** Undefined for what passes by itself: a lost connection, a queue still held by a connection about to end. */
export const declareRefusal = (what: string, error: unknown): BrokerRefused | undefined => {
  const code = replyCode(error);
  const advice = code === undefined ? undefined : declareAdvice[code];
  return code === undefined || advice === undefined
    ? undefined
    : new BrokerRefused(`the broker refuses ${what}: ${reasonOf(error)}. ${advice}`, code, error);
};

const publishAdvice: Readonly<Record<number, string>> = {
  403: 'Give the user of the URL write permission on the exchange, and topic permission where the broker limits topics.',
  404: 'The exchange does not exist: declare the topology first.',
  406: 'The broker finds the message itself unacceptable.',
};

export const publishRefusal = (where: string, error: unknown): BrokerRefused | undefined => {
  const code = replyCode(error);
  const advice = code === undefined ? undefined : publishAdvice[code];
  return code === undefined || advice === undefined
    ? undefined
    : new BrokerRefused(
        `the broker refuses a message to ${where}: ${reasonOf(error)}. ${advice}`,
        code,
        error,
      );
};
