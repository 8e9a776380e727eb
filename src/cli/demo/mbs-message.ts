/** What the module build service says when a build of a module is ready: neither which packages it has nor which arches. */
import { newGreeter } from './example-module.ts';
import type { UpstreamMessage } from './upstream-message.ts';

export const moduleIsReady: UpstreamMessage = {
  topic: 'org.fedoraproject.prod.mbs.module.state.change',
  schema: 'base.message',
  headers: {},
  body: {
    ...newGreeter.module,
    id: 21077,
    state: 5,
    state_name: 'ready',
    state_reason: null,
    owner: 'example',
    scratch: false,
    koji_tag: 'module-greeter-1-4020260415101500-f27b74a8',
    component_builds: [90210],
    time_completed: '2026-04-15T10:20:00Z',
  },
};
