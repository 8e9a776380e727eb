/** What Bodhi says when an update became stable. */
import { demoRelease, newOpensslNvr } from './prepare.ts';
import type { UpstreamMessage } from './upstream-message.ts';

export const advisory = 'FEDORA-2026-0f11b5de40';

export const updateIsStable: UpstreamMessage = {
  topic: 'org.fedoraproject.prod.bodhi.update.complete.stable',
  schema: 'bodhi.update.complete.stable.v1',
  headers: { fedora_messaging_rpm_openssl: true },
  body: {
    agent: 'bodhi',
    update: {
      alias: advisory,
      builds: [{ nvr: newOpensslNvr, epoch: 0, signed: true, type: 'rpm' }],
      content_type: 'rpm',
      release: { name: demoRelease, version: '40', branch: 'f40', stable_tag: 'f40-updates' },
      request: null,
      severity: 'high',
      status: 'stable',
      title: newOpensslNvr,
      type: 'security',
      user: { name: 'example' },
    },
  },
};
