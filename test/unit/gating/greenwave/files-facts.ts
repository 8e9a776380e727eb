/** Files that policies lead to, kinds of subjects, validity, verbose answers: what Greenwave answers. */
import { asked, type GreenwaveFact, p1, server } from './greenwave-fact.ts';

export const fileFacts: Readonly<Record<string, GreenwaveFact>> = {
  'gw-61': {
    title: 'a file with a rule',
    policies: [server],
    elsewhere: {
      remote_rule_files: {
        'https://src.fedoraproject.org/rpms/nethack/raw/abc/f/gating.yaml':
          '--- !Policy\nid: "remote"\nproduct_versions: ["fedora-26"]\nrules:\n  - !PassingTestCaseRule {"test_case_name": "dist.upgradepath"}\ndecision_context: "ctx"\n',
      },
    },
    summary: 'Of 1 required test, 1 result missing',
    satisfied: ['fetched-gating-yaml'],
    unsatisfied: ['test-result-missing dist.upgradepath'],
  },
  'gw-64': {
    title: 'a file that must be there and is not',
    policies: [{ id: 'server', rules: [{ type: 'RemoteRule', required: true }] }],
    summary: '1 error due to missing remote rule file',
    unsatisfied: ['missing-gating-yaml'],
  },
  'gw-65': {
    title: 'the missing file waived',
    policies: [{ id: 'server', rules: [{ type: 'RemoteRule', required: true }] }],
    waivers: ['1 missing-gating-yaml'],
    summary: 'No tests are required',
  },
  'gw-68': {
    title: 'a build that nobody knows',
    policies: [server],
    elsewhere: { scm_lookup: { 'nethack-1.2.3-1.fc26': 'notfound' } },
    summary: '1 error while trying to fetch remote rule file',
    unsatisfied: ['failed-fetch-gating-yaml'],
  },
  'gw-69': {
    title: 'a build without a commit',
    policies: [server],
    elsewhere: { scm_lookup: { 'nethack-1.2.3-1.fc26': 'parseerror' } },
    summary: '1 error while trying to fetch remote rule file',
    unsatisfied: ['failed-fetch-gating-yaml'],
  },
  'gw-70': {
    title: 'a build without a source',
    policies: [{ id: 'server', rules: [{ type: 'RemoteRule' }, 't1'] }],
    results: ['1 t1 PASSED'],
    elsewhere: { scm_lookup: { 'nethack-1.2.3-1.fc26': 'nosource' } },
    summary: 'All required tests (1 total) have passed or been waived',
    satisfied: ['test-result-passed t1 result_id=1'],
  },
  'gw-71': {
    title: 'a file for another context',
    policies: [server],
    elsewhere: {
      remote_rule_files: {
        'https://src.fedoraproject.org/rpms/nethack/raw/abc/f/gating.yaml':
          '--- !Policy\nid: "remote"\nproduct_versions: ["fedora-26"]\nrules:\n  - !PassingTestCaseRule {"test_case_name": "dist.upgradepath"}\ndecision_context: "other"\n',
      },
    },
    summary: 'No tests are required',
    satisfied: ['fetched-gating-yaml'],
  },
  'gw-72': {
    title: 'a file for every product version',
    policies: [server],
    elsewhere: {
      remote_rule_files: {
        'https://src.fedoraproject.org/rpms/nethack/raw/abc/f/gating.yaml':
          '--- !Policy\ndecision_context: ctx\nrules:\n  - !PassingTestCaseRule {test_case_name: dist.upgradepath}\n',
      },
    },
    summary: 'Of 1 required test, 1 result missing',
    satisfied: ['fetched-gating-yaml'],
    unsatisfied: ['test-result-missing dist.upgradepath'],
  },
  'gw-73': {
    title: 'one test on the server and in the file',
    policies: [{ id: 'server', rules: [{ type: 'RemoteRule' }, 'dist.upgradepath'] }],
    results: ['1 dist.upgradepath PASSED'],
    elsewhere: {
      remote_rule_files: {
        'https://src.fedoraproject.org/rpms/nethack/raw/abc/f/gating.yaml':
          '--- !Policy\nid: "remote"\nproduct_versions: ["fedora-26"]\nrules:\n  - !PassingTestCaseRule {"test_case_name": "dist.upgradepath"}\ndecision_context: "ctx"\n',
      },
    },
    summary: 'All required tests (1 total) have passed or been waived',
    satisfied: ['fetched-gating-yaml', 'test-result-passed dist.upgradepath result_id=1'],
  },
  'gw-75a': {
    title: 'a file for this type',
    policies: [
      {
        id: 'server',
        rules: ['test1', { type: 'RemoteRule', sources: ['https://x.example/r.yml'] }],
        product_versions: ['fedora-30'],
        decision_context: 'test_policy',
        subject_types: ['koji_build', 'bodhi_update'],
      },
    ],
    request: {
      decision_context: 'test_policy',
      product_version: 'fedora-30',
      subject_type: 'koji_build',
      subject_identifier: 'httpd-2.4.el9000',
    },
    results: ['1 test1 PASSED'],
    elsewhere: {
      remote_rule_files: {
        'https://x.example/r.yml':
          '--- !Policy\nid: "r"\nproduct_versions: ["fedora-30"]\nrules:\n  - !PassingTestCaseRule {"test_case_name": "remote_test"}\ndecision_context: "test_policy"\nsubject_types: ["koji_build"]\n',
      },
    },
    summary: 'Of 2 required tests, 1 result missing',
    satisfied: ['test-result-passed test1 result_id=1', 'fetched-gating-yaml'],
    unsatisfied: ['test-result-missing remote_test'],
  },
  'gw-75b': {
    title: 'a file for another type',
    policies: [
      {
        id: 'server',
        rules: ['test1', { type: 'RemoteRule', sources: ['https://x.example/r.yml'] }],
        product_versions: ['fedora-30'],
        decision_context: 'test_policy',
        subject_types: ['koji_build', 'bodhi_update'],
      },
    ],
    request: {
      decision_context: 'test_policy',
      product_version: 'fedora-30',
      subject_type: 'bodhi_update',
      subject_identifier: 'httpd-2.4.el9000',
    },
    results: [{ result: '1 test1 PASSED', data: { item: 'httpd-2.4.el9000', type: 'bodhi_update' } }],
    elsewhere: {
      remote_rule_files: {
        'https://x.example/r.yml':
          '--- !Policy\nid: "r"\nproduct_versions: ["fedora-30"]\nrules:\n  - !PassingTestCaseRule {"test_case_name": "remote_test"}\ndecision_context: "test_policy"\nsubject_types: ["koji_build"]\n',
      },
    },
    summary: 'All required tests (1 total) have passed or been waived',
    satisfied: ['test-result-passed test1 result_id=1', 'fetched-gating-yaml'],
  },
  'gw-76': {
    title: 'image results under either type',
    policies: [
      {
        id: 'img',
        rules: ['test.testcase1', 'test.testcase2'],
        product_versions: ['rhel-8'],
        decision_context: 'gate',
        subject_type: 'redhat-container-image',
      },
    ],
    request: {
      decision_context: 'gate',
      product_version: 'rhel-8',
      subject_type: 'redhat-container-image',
      subject_identifier: '389-ds-container-1.4-8',
    },
    results: [
      '1 test.testcase1 FAILED',
      {
        result: '2 test.testcase2 FAILED',
        data: {
          item: '389-ds-container-1.4-8',
          nvr: '389-ds-container-1.4-8',
          type: 'redhat-container-image',
        },
      },
    ],
    summary: 'Of 2 required tests, 2 tests failed',
    unsatisfied: [
      'test-result-failed test.testcase1 result_id=1',
      'test-result-failed test.testcase2 result_id=2',
    ],
  },
  'gw-77': {
    title: 'the repository of a container',
    policies: [
      {
        id: 'img',
        rules: [{ type: 'RemoteRule' }],
        product_versions: ['rhel-8'],
        decision_context: 'gate',
        subject_type: 'redhat-container-image',
      },
    ],
    request: {
      decision_context: 'gate',
      product_version: 'rhel-8',
      subject_type: 'redhat-container-image',
      subject_identifier: '389-ds-container-1.4-8',
    },
    elsewhere: {
      remote_rule_files: {
        'https://src.fedoraproject.org/containers/389-ds/raw/abc/f/gating.yaml':
          '--- !Policy\ndecision_context: gate\nrules:\n  - !PassingTestCaseRule {test_case_name: tier0}\n',
      },
      scm_lookup: { '389-ds-container-1.4-8': ['containers', '389-ds-container', 'abc'] },
    },
    summary: 'Of 1 required test, 1 result missing',
    satisfied: ['fetched-gating-yaml'],
    unsatisfied: ['test-result-missing tier0'],
  },
  'gw-80a': {
    title: 'just before the switch',
    policies: [
      {
        id: 'p1',
        rules: [
          {
            type: 'PassingTestCaseRule',
            test_case_name: 'old',
            valid_until: '2021-10-06 06:00:00.000000+00:00',
          },
          {
            type: 'PassingTestCaseRule',
            test_case_name: 'new',
            valid_since: '2021-10-06 06:00:00.000000+00:00',
          },
        ],
      },
    ],
    request: { ...asked, subject_build_time: '2021-10-06 05:59:59.999999+00:00' },
    summary: 'Of 1 required test, 1 result missing',
    unsatisfied: ['test-result-missing old'],
  },
  'gw-80b': {
    title: 'at the switch',
    policies: [
      {
        id: 'p1',
        rules: [
          {
            type: 'PassingTestCaseRule',
            test_case_name: 'old',
            valid_until: '2021-10-06 06:00:00.000000+00:00',
          },
          {
            type: 'PassingTestCaseRule',
            test_case_name: 'new',
            valid_since: '2021-10-06 06:00:00.000000+00:00',
          },
        ],
      },
    ],
    request: { ...asked, subject_build_time: '2021-10-06 06:00:00.000000+00:00' },
    summary: 'Of 1 required test, 1 result missing',
    unsatisfied: ['test-result-missing new'],
  },
  'gw-82': {
    title: 'verbose',
    policies: [p1],
    request: { ...asked, verbose: true },
    results: ['1 t1 PASSED', '2 unrelated FAILED'],
    waivers: ['1 unrelated'],
    summary: 'All required tests (1 total) have passed or been waived',
    satisfied: ['test-result-passed t1 result_id=1'],
    listed: { results: [2, 1], waivers: [1] },
  },
  'gw-85': {
    title: 'results that nobody asks for',
    policies: [p1],
    results: ['1 t1 PASSED', '2 zzz FAILED'],
    summary: 'All required tests (1 total) have passed or been waived',
    satisfied: ['test-result-passed t1 result_id=1'],
  },
  'gw-86': {
    title: 'a group by digest',
    policies: [
      {
        id: 'grp',
        rules: ['testcase_name'],
        product_versions: ['fedora-30'],
        decision_context: 'g',
        subject_type: 'group',
      },
    ],
    request: {
      decision_context: 'g',
      product_version: 'fedora-30',
      subject_type: 'group',
      subject_identifier: 'sha256:27a51bc590483f0cd8c6085825a82a5697832e1d8b0e6aab0651262b84855803',
    },
    results: [
      {
        result: '1 testcase_name PASSED',
        data: {
          item: 'sha256:27a51bc590483f0cd8c6085825a82a5697832e1d8b0e6aab0651262b84855803',
          type: 'group',
        },
      },
    ],
    summary: 'All required tests (1 total) have passed or been waived',
    satisfied: ['test-result-passed testcase_name result_id=1'],
  },
};
