/** Answers a registry's challenge: basic credentials, or a bearer token from its token server. */

type Credentials = { readonly username: string; readonly password: string } | undefined;

/** The `authorization` header that the 401 asks for; undefined when we have nothing to show. */
export const authorise = async (
  challenge: Response,
  credentials: Credentials,
): Promise<string | undefined> => {
  const header = challenge.headers.get('www-authenticate') ?? '';
  const [, scheme = '', rest = ''] = /^(\w+)\s*(.*)$/s.exec(header) ?? [];
  const basic =
    credentials &&
    `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`;
  if (scheme.toLowerCase() === 'basic') return basic;
  if (scheme.toLowerCase() !== 'bearer') return undefined;
  const parameters = new Map(
    [...rest.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
  );
  const realm = parameters.get('realm');
  if (realm === undefined) return undefined;
  const url = new URL(realm);
  for (const name of ['service', 'scope']) {
    const value = parameters.get(name);
    if (value !== undefined) url.searchParams.set(name, value);
  }
  const response = await fetch(url, basic === undefined ? {} : { headers: { authorization: basic } });
  if (!response.ok) return undefined;
  const answer: unknown = await response.json();
  return tokenOf(answer);
};

const tokenOf = (answer: unknown): string | undefined => {
  if (typeof answer !== 'object' || answer === null) return undefined;
  if ('token' in answer && typeof answer.token === 'string') return `Bearer ${answer.token}`;
  if ('access_token' in answer && typeof answer.access_token === 'string')
    return `Bearer ${answer.access_token}`;
  return undefined;
};
