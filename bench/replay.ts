/** `node replay.js <script>`: does what flibs was recorded doing, as fast as its order and the slots allow. */
import { readFile } from 'node:fs/promises';
import { playScript } from './rebuild/play.ts';
import { Script } from './rebuild/steps.ts';

const script = Script.parse(JSON.parse(await readFile(process.argv[2] ?? '', 'utf8')));
const begun = performance.now();
await playScript(script);
process.stdout.write(`${JSON.stringify({ ms: performance.now() - begun })}\n`);
