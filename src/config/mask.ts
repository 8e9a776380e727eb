/** Passwords inside URLs, and tokens, made unreadable. */

const inAuthority = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/?#@"']*):[^\s/?#"']*@/gi;
const inQuery = /([?&](?:password|passwd|sslpassword|secret|token|access_token)=)[^&\s"'#]*/gi;
/** As runtime/token-text.ts makes them. */
const ofOurs = /\bflibs_[\w-]{43}/g;

/** `amqp://flibs:secret@host` becomes `amqp://flibs:***@host`, wherever in the text it stands. */
export const maskSecrets = (text: string): string =>
  text.replaceAll(inAuthority, '$1:***@').replaceAll(inQuery, '$1***').replaceAll(ofOurs, 'flibs_***');
