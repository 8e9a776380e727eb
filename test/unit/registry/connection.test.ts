import { afterEach, describe, expect, test } from '@jest/globals';
import { digestOf } from '../../../src/registry/digests.ts';
import { openRegistry } from '../../../src/registry/registry.ts';
import { aStubRegistry, type StubRegistry } from './stub-registry.ts';

let stub: StubRegistry;
afterEach(() => stub?.close());

const manifest = Buffer.from('{"schemaVersion":2}');

describe('a request to a registry', () => {
  test.each([429, 500, 502, 503])('is tried again after a %d', async (status) => {
    stub = await aStubRegistry((_, response, times) => {
      if (times < 3) response.writeHead(status).end();
      else response.end(manifest);
    });
    const stored = await openRegistry({ address: stub.address, pause: 1 }).getManifest('app', 'latest');
    expect(stored).toMatchObject({
      digest: digestOf(manifest),
      json: { schemaVersion: 2 },
      size: manifest.length,
    });
    expect(stub.asked).toHaveLength(3);
  });

  test('fails as unavailable after its last attempt, with what the registry said', async () => {
    stub = await aStubRegistry((_, response) => {
      response.writeHead(507).end('{"errors":[{"code":"UNKNOWN","message":"no space left on device"}]}');
    });
    const reading = openRegistry({ address: stub.address, attempts: 2, pause: 1 }).getManifest(
      'app',
      'latest',
    );
    await expect(reading).rejects.toMatchObject({
      name: 'RegistryUnavailable',
      status: 507,
      message: expect.stringMatching(
        /GET .*\/v2\/app\/manifests\/latest: 507 UNKNOWN: no space left on device/,
      ),
    });
    expect(stub.asked).toHaveLength(2);
  });

  test('fails with the reason that the registry tells in the detail alone', async () => {
    const full = { DriverName: 'filesystem', Enclosed: { Op: 'write', Path: '/x', Err: 28 } };
    const details = [full, 'write /x: no space left on device'];
    stub = await aStubRegistry((_, response, times) => {
      const error = { code: 'UNKNOWN', message: 'unknown error', detail: details[times - 1] };
      response.writeHead(500).end(JSON.stringify({ errors: [error] }));
    });
    const registry = openRegistry({ address: stub.address, attempts: 1 });
    for (const _ of details)
      await expect(registry.ping()).rejects.toThrow(/500 UNKNOWN: unknown error: .*no space left on device/);
  });

  test('fails as unavailable when nobody listens', async () => {
    const reading = openRegistry({ address: '127.0.0.1:9', attempts: 2, pause: 1 }).ping();
    await expect(reading).rejects.toMatchObject({
      name: 'RegistryUnavailable',
      message: expect.stringMatching(/ECONNREFUSED|bad port/),
    });
  });

  test.each([400, 403, 404, 405])('is refused at once by a %d', async (status) => {
    stub = await aStubRegistry((_, response) => {
      response.writeHead(status).end('{"errors":[{"code":"MANIFEST_INVALID","message":"manifest invalid"}]}');
    });
    const writing = openRegistry({ address: stub.address }).putManifest('app', 'latest', manifest, 'x/y');
    await expect(writing).rejects.toMatchObject({
      name: 'RegistryRefused',
      status,
      message: expect.stringContaining('MANIFEST_INVALID: manifest invalid'),
    });
    expect(stub.asked).toHaveLength(1);
  });

  test('shows a token of the token server that the registry names', async () => {
    stub = await aStubRegistry((request, response) => {
      if (request.url?.startsWith('/token')) response.end('{"token":"opened"}');
      else if (request.headers.authorization === 'Bearer opened') response.end(manifest);
      else {
        const challenge = `Bearer realm="http://${stub.address}/token",service="reg",scope="repository:app:pull"`;
        response.writeHead(401, { 'www-authenticate': challenge }).end();
      }
    });
    const credentials = { username: 'worker', password: 'secret' };
    await openRegistry({ address: stub.address, credentials }).getManifest('app', 'latest');
    expect(stub.asked.map(({ url, authorization }) => `${url} ${authorization}`)).toEqual([
      '/v2/app/manifests/latest undefined',
      `/token?service=reg&scope=repository%3Aapp%3Apull Basic ${Buffer.from('worker:secret').toString('base64')}`,
      '/v2/app/manifests/latest Bearer opened',
    ]);
  });

  test('without credentials that would open it is refused', async () => {
    stub = await aStubRegistry((_, response) => {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
    });
    const reading = openRegistry({ address: stub.address }).getManifest('app', 'latest');
    await expect(reading).rejects.toMatchObject({ name: 'RegistryRefused', status: 401 });
  });

  test.each(['../../etc', 'a/../b'])('for repository %j is not made', async (repository) => {
    stub = await aStubRegistry((_, response) => response.end());
    const reading = openRegistry({ address: stub.address }).getManifest(repository, 'latest');
    await expect(reading).rejects.toMatchObject({ name: 'RegistryRefused' });
    expect(stub.asked).toEqual([]);
  });

  test.each(['--flag', '../x', 'a\nb', ''])('for reference %j is not made', async (reference) => {
    stub = await aStubRegistry((_, response) => response.end());
    const reading = openRegistry({ address: stub.address }).headManifest('app', reference);
    await expect(reading).rejects.toMatchObject({ name: 'RegistryRefused' });
    expect(stub.asked).toEqual([]);
  });
});

describe('what a registry gives', () => {
  const digest = digestOf(manifest);

  test('is refused when a manifest’s bytes are not those of its digest', async () => {
    stub = await aStubRegistry((_, response) => response.end('{"schemaVersion":2,"changed":true}'));
    const reading = openRegistry({ address: stub.address }).getManifest('app', digest);
    await expect(reading).rejects.toMatchObject({
      name: 'RegistryRefused',
      message: expect.stringContaining('the bytes have digest'),
    });
  });

  test('is read again when a blob’s bytes are not those of its digest', async () => {
    stub = await aStubRegistry((_, response, times) => response.end(times < 2 ? 'garbled' : manifest));
    expect(await openRegistry({ address: stub.address, pause: 1 }).getBlob('app', digest)).toEqual(manifest);
  });

  test('is undefined for a manifest that is not there', async () => {
    stub = await aStubRegistry((_, response) => response.writeHead(404).end());
    expect(await openRegistry({ address: stub.address }).headManifest('app', 'latest')).toBeUndefined();
  });
});
