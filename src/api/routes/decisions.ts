/** Greenwave's interface. */
import { z } from 'zod';
import { byText } from '../../../schemas/by-text.ts';
import { policiesInForce } from '../../flows/defining/policies.ts';
import { instantOf } from '../../gating/instant.ts';
import { readPolicyFile } from '../../gating/policy-yaml.ts';
import { knownSubjectTypes } from '../../gating/subject-types.ts';
import { changesNothing } from '../access.ts';
import { reads, readsOne } from '../answers.ts';
import { type Api, type ApiContext, withZod } from '../context.ts';
import { answerDecision } from '../queries/decision.ts';
import { Decision, PolicyList, policyJson, SubjectTypeList, subjectTypeJson } from '../wire/decision.ts';

/** Answered with this status, and the message as Greenwave words it. */
class NotDecided extends Error {
  readonly statusCode: number;

  constructor(statusCode: number, message: string) {
    super(message);
    this.statusCode = statusCode;
  }
}

const deciding = (api: Api, { store }: ApiContext): void => {
  api.post(
    '/api/v1.0/decision',
    {
      config: changesNothing,
      schema: {
        summary: 'Whether policies are satisfied for subjects, and what each requires',
        body: z.unknown().describe("Greenwave's request; docs/gating.md says what may be asked."),
        response: readsOne(Decision),
      },
    },
    async (request) => {
      const { body, protocol, host } = request;
      if (request.headers['content-type'] === undefined)
        throw new NotDecided(415, 'Send JSON, with Content-Type: application/json');
      const base = `${protocol}://${host}`;
      const answer = await answerDecision(store.db, { request: body, now: instantOf(new Date()), base });
      if ('status' in answer) throw new NotDecided(answer.status, answer.message);
      const { satisfied_requirements, unsatisfied_requirements, applicable_policies, ...rest } = answer;
      return {
        ...rest,
        results: rest.results && [...rest.results],
        waivers: rest.waivers && [...rest.waivers],
        applicable_policies: applicable_policies && [...applicable_policies],
        satisfied_requirements: [...satisfied_requirements],
        unsatisfied_requirements: [...unsatisfied_requirements],
      };
    },
  );
};

const listing = (api: Api, { store, status }: ApiContext): void => {
  api.get(
    '/api/v1.0/policies',
    { schema: { summary: 'The policies in force', response: reads(PolicyList) } },
    async () => ({ policies: (await policiesInForce(store.db)).policies.map(policyJson) }),
  );
  api.get(
    '/api/v1.0/subject_types',
    { schema: { summary: 'Kinds of subjects that are described', response: reads(SubjectTypeList) } },
    async () => {
      const { subjectTypes } = await policiesInForce(store.db);
      // What is described comes before what is known anyway.
      const types = new Map([...knownSubjectTypes, ...subjectTypes].map((type) => [type.id, type]));
      return {
        subject_types: [...types.values()].sort((a, b) => byText(a.id, b.id)).map(subjectTypeJson),
      };
    },
  );
  api.get(
    '/api/v1.0/about',
    { schema: { summary: 'The version of flibs', response: reads(z.object({ version: z.string() })) } },
    async () => ({ version: status().version }),
  );
  api.get(
    '/healthcheck',
    { schema: { summary: 'Whether requests can be answered', response: reads(z.string()) } },
    async (_, reply) => reply.type('text/plain').send('Health check OK'),
  );
};

/** The body is a file, whatever its type is called. */
const validating = (api: Api): void => {
  api.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'string' }, (_, body, done) => done(null, body));
    withZod(scope).post(
      '/api/v1.0/validate-gating-yaml',
      {
        config: changesNothing,
        schema: {
          summary: 'Whether a gating.yaml can be used; the body is its text',
          body: z.string().optional(),
          response: reads(z.object({ message: z.string() })),
        },
      },
      async ({ body = '' }) => {
        const read = readPolicyFile('gating.yaml', body, 'image');
        if ('problems' in read) throw new NotDecided(400, read.problems.join('\n'));
        if (read.policies.length === 0) throw new NotDecided(400, 'No policies defined');
        return { message: 'All OK' };
      },
    );
  });
};

export const decisionRoutes = (api: Api, context: ApiContext): void => {
  deciding(api, context);
  listing(api, context);
  validating(api);
};
