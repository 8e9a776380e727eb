/** A process that owns a host until it is killed: `host-owner.js <data directory>`. Says `ready` when all answer. */
import { pino } from 'pino';
import { loadTypeScript } from '../servers/typescript-loader.js';

loadTypeScript();
const { startHost } = await import('../../src/host/host.ts');
await startHost({ dataDir: process.argv[2], log: pino({ level: 'silent' }), throwAway: true });
process.stdout.write('ready\n');
