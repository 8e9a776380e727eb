/** `node make-up-primary.js <folder> <packages>`: in a process of its own, whose memory is not that of who reads it. */
import { makeUpRepository } from './metadata/made-up-primary.ts';

const [, , folder = '', packages = ''] = process.argv;
process.stdout.write(JSON.stringify(await makeUpRepository(folder, Number(packages))));
