// Runs every check against one server and prints one line each; the last line counts them.
import { demoToken } from './demo_session.mjs';
import { httpChecks } from './http_audits.mjs';
import { eventStreamChecks } from './event_stream.mjs';
import { closeCodeChecks } from './socket_close_codes.mjs';
import { socketClientChecks } from './socket_client.mjs';

const base = process.argv[2].replace(/\/+$/, '');
const endpoint = {
  base,
  http: `${base}/graphql`,
  socket: `${base.replace(/^http/, 'ws')}/graphql`,
};

/** A check that hangs is a failed check: nothing here may take longer than this. */
const CHECK_TIMEOUT_MS = 20_000;

function withTimeout(run) {
  let timer;
  const expiry = new Promise((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`no result within ${CHECK_TIMEOUT_MS / 1000} s`)),
      CHECK_TIMEOUT_MS,
    );
  });
  return Promise.race([run(), expiry]).finally(() => clearTimeout(timer));
}

let token;
try {
  token = await demoToken(endpoint);
} catch (error) {
  console.error(`no demo session on ${base}: ${error.message}`);
  console.error('start the server with: fengqiao serve --demo');
  process.exit(1);
}

let passed = 0;
let failed = 0;
const groups = [
  ['GraphQL over HTTP', httpChecks(endpoint)],
  ['GraphQL over SSE, distinct connections', eventStreamChecks(endpoint, token)],
  ['graphql-transport-ws close codes', closeCodeChecks(endpoint, token)],
  ['graphql-ws client', socketClientChecks(endpoint, token)],
];
for (const [title, checks] of groups) {
  console.log(`\n${title}`);
  for (const check of checks) {
    try {
      await withTimeout(check.run);
      passed += 1;
      console.log(`  ok    ${check.name}`);
    } catch (error) {
      failed += 1;
      console.log(`  FAIL  ${check.name}`);
      console.log(`        ${String(error.message).replaceAll('\n', '\n        ')}`);
    }
  }
}

console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
