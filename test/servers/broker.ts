/** The RabbitMQ of this run, shared by all test files: each keeps to an instance of its own. */
import { randomBytes } from 'node:crypto';
import { addressIn } from './address.ts';

/** `amqp://user:password@127.0.0.1:port/` */
export const brokerUrl = (): string => addressIn('FLIBS_TEST_AMQP');

/** An instance name that nobody else has: it prefixes queues and exchanges. */
export const anInstance = (): string => `test-${randomBytes(6).toString('hex')}`;
