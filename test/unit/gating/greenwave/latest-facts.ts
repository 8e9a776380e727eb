/** The latest of each scenario, arch and variant: what Greenwave answers. */
import { blocklist, critical, type GreenwaveFact, p1, rtt } from './greenwave-fact.ts';

export const latestFacts: Readonly<Record<string, GreenwaveFact>> = {
  'gw-22': {
    title: 'passed, then failed',
    policies: [blocklist, critical],
    results: [
      '1 dist.abicheck PASSED',
      '2 dist.abicheck FAILED',
      '3 dist.rpmdeplint PASSED',
      '4 dist.upgradepath PASSED',
    ],
    summary: 'Of 3 required tests, 1 test failed',
    satisfied: [
      'test-result-passed dist.rpmdeplint result_id=3',
      'test-result-passed dist.upgradepath result_id=4',
    ],
    unsatisfied: ['test-result-failed dist.abicheck result_id=2'],
  },
  'gw-23': {
    title: 'failed, then passed',
    policies: [blocklist, critical],
    results: [
      '1 dist.abicheck FAILED',
      '2 dist.abicheck PASSED',
      '3 dist.rpmdeplint PASSED',
      '4 dist.upgradepath PASSED',
    ],
    summary: 'All required tests (3 total) have passed or been waived',
    satisfied: [
      'test-result-passed dist.abicheck result_id=2',
      'test-result-passed dist.rpmdeplint result_id=3',
      'test-result-passed dist.upgradepath result_id=4',
    ],
  },
  'gw-26': {
    title: 'one of two scenarios failed',
    policies: [
      {
        id: 'openqa',
        rules: [
          { type: 'PassingTestCaseRule', test_case_name: 'compose.install_no_user', scenario: 'scenario1' },
          { type: 'PassingTestCaseRule', test_case_name: 'compose.install_no_user', scenario: 'scenario2' },
        ],
        product_versions: ['fedora-rawhide'],
        decision_context: 'sync',
        subject_type: 'compose',
      },
    ],
    request: {
      decision_context: 'sync',
      product_version: 'fedora-rawhide',
      subject_type: 'compose',
      subject_identifier: 'Fedora-Rawhide-20170508.n.0',
    },
    results: [
      {
        result: '1 compose.install_no_user QUEUED scenario=scenario1',
        data: { 'productmd.compose.id': 'Fedora-Rawhide-20170508.n.0', type: 'compose' },
      },
      {
        result: '2 compose.install_no_user QUEUED scenario=scenario2',
        data: { 'productmd.compose.id': 'Fedora-Rawhide-20170508.n.0', type: 'compose' },
      },
      {
        result: '3 compose.install_no_user PASSED scenario=scenario1',
        data: { 'productmd.compose.id': 'Fedora-Rawhide-20170508.n.0', type: 'compose' },
      },
      {
        result: '4 compose.install_no_user FAILED scenario=scenario2',
        data: { 'productmd.compose.id': 'Fedora-Rawhide-20170508.n.0', type: 'compose' },
      },
    ],
    summary: 'Of 2 required tests, 1 test failed',
    satisfied: ['test-result-passed compose.install_no_user result_id=3 scenario=scenario1'],
    unsatisfied: ['test-result-failed compose.install_no_user result_id=4 scenario=scenario2'],
  },
  'gw-27': {
    title: 'a failure without the scenario that is asked for',
    policies: [{ id: 'p1', rules: [{ type: 'PassingTestCaseRule', test_case_name: 't1', scenario: 's1' }] }],
    results: ['1 t1 FAILED', '2 t1 PASSED scenario=s1'],
    summary: 'All required tests (1 total) have passed or been waived',
    satisfied: ['test-result-passed t1 result_id=2 scenario=s1'],
  },
  'gw-28': {
    title: 'every scenario counts where none is named',
    policies: [p1],
    results: ['1 t1 PASSED scenario=s1', '2 t1 PASSED scenario=s2'],
    summary: 'All required tests (2 total) have passed or been waived',
    satisfied: [
      'test-result-passed t1 result_id=2 scenario=s2',
      'test-result-passed t1 result_id=1 scenario=s1',
    ],
  },
  'gw-29': {
    title: 'failed on one arch',
    policies: [rtt],
    request: {
      decision_context: 'rtt',
      product_version: 'rhel-something',
      subject_type: 'compose',
      subject_identifier: 'Fedora-Rawhide-20170508.n.0',
    },
    results: [
      {
        result: '1 rtt.acceptance.validation FAILED system_architecture=ppc64 system_variant=BaseOS',
        data: { 'productmd.compose.id': 'Fedora-Rawhide-20170508.n.0', type: 'compose' },
      },
      {
        result: '2 rtt.acceptance.validation PASSED system_architecture=x86_64 system_variant=BaseOS',
        data: { 'productmd.compose.id': 'Fedora-Rawhide-20170508.n.0', type: 'compose' },
      },
    ],
    summary: 'Of 2 required tests, 1 test failed',
    satisfied: [
      'test-result-passed rtt.acceptance.validation result_id=2 system_architecture=x86_64 system_variant=BaseOS',
    ],
    unsatisfied: [
      'test-result-failed rtt.acceptance.validation result_id=1 system_architecture=ppc64 system_variant=BaseOS',
    ],
  },
  'gw-30': {
    title: 'failed in one variant',
    policies: [rtt],
    request: {
      decision_context: 'rtt',
      product_version: 'rhel-something',
      subject_type: 'compose',
      subject_identifier: 'Fedora-Rawhide-20170508.n.0',
    },
    results: [
      {
        result: '1 rtt.acceptance.validation FAILED system_architecture=ppc64 system_variant=BaseOS',
        data: { 'productmd.compose.id': 'Fedora-Rawhide-20170508.n.0', type: 'compose' },
      },
      {
        result: '2 rtt.acceptance.validation PASSED system_architecture=ppc64 system_variant=Cloud_Base',
        data: { 'productmd.compose.id': 'Fedora-Rawhide-20170508.n.0', type: 'compose' },
      },
    ],
    summary: 'Of 2 required tests, 1 test failed',
    satisfied: [
      'test-result-passed rtt.acceptance.validation result_id=2 system_architecture=ppc64 system_variant=Cloud_Base',
    ],
    unsatisfied: [
      'test-result-failed rtt.acceptance.validation result_id=1 system_architecture=ppc64 system_variant=BaseOS',
    ],
  },
  'gw-31': {
    title: 'the later of the same arch and variant',
    policies: [rtt],
    request: {
      decision_context: 'rtt',
      product_version: 'rhel-something',
      subject_type: 'compose',
      subject_identifier: 'Fedora-Rawhide-20170508.n.0',
    },
    results: [
      {
        result: '1 rtt.acceptance.validation FAILED system_architecture=ppc64 system_variant=BaseOS',
        data: { 'productmd.compose.id': 'Fedora-Rawhide-20170508.n.0', type: 'compose' },
      },
      {
        result: '2 rtt.acceptance.validation PASSED system_architecture=ppc64 system_variant=BaseOS',
        data: { 'productmd.compose.id': 'Fedora-Rawhide-20170508.n.0', type: 'compose' },
      },
    ],
    summary: 'All required tests (1 total) have passed or been waived',
    satisfied: [
      'test-result-passed rtt.acceptance.validation result_id=2 system_architecture=ppc64 system_variant=BaseOS',
    ],
  },
  'gw-32': {
    title: 'an arch that joins later',
    policies: [rtt],
    request: {
      decision_context: 'rtt',
      product_version: 'rhel-something',
      subject_type: 'compose',
      subject_identifier: 'Fedora-Rawhide-20170508.n.0',
    },
    results: [
      {
        result: '1 rtt.acceptance.validation FAILED system_architecture=ppc64 system_variant=BaseOS',
        data: { 'productmd.compose.id': 'Fedora-Rawhide-20170508.n.0', type: 'compose' },
      },
      {
        result: '2 rtt.acceptance.validation PASSED system_architecture=ppc64 system_variant=BaseOS',
        data: { 'productmd.compose.id': 'Fedora-Rawhide-20170508.n.0', type: 'compose' },
      },
      {
        result: '3 rtt.acceptance.validation PASSED system_architecture=x86_64 system_variant=BaseOS',
        data: { 'productmd.compose.id': 'Fedora-Rawhide-20170508.n.0', type: 'compose' },
      },
    ],
    summary: 'All required tests (2 total) have passed or been waived',
    satisfied: [
      'test-result-passed rtt.acceptance.validation result_id=3 system_architecture=x86_64 system_variant=BaseOS',
      'test-result-passed rtt.acceptance.validation result_id=2 system_architecture=ppc64 system_variant=BaseOS',
    ],
  },
  'gw-33': {
    title: 'an arch that is silent',
    policies: [rtt],
    request: {
      decision_context: 'rtt',
      product_version: 'rhel-something',
      subject_type: 'compose',
      subject_identifier: 'Fedora-Rawhide-20170508.n.0',
    },
    results: [
      {
        result: '1 rtt.acceptance.validation PASSED system_architecture=x86_64 system_variant=BaseOS',
        data: { 'productmd.compose.id': 'Fedora-Rawhide-20170508.n.0', type: 'compose' },
      },
    ],
    summary: 'All required tests (1 total) have passed or been waived',
    satisfied: [
      'test-result-passed rtt.acceptance.validation result_id=1 system_architecture=x86_64 system_variant=BaseOS',
    ],
  },
};
