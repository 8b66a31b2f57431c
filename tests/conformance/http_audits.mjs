// Every audit that the package graphql-http has for servers, MUST, SHOULD and MAY alike.
import { serverAudits } from 'graphql-http';

/** `notice` and `warn` are how the package reports a MAY or SHOULD that is not met: both fail here. */
async function expectOk(audit) {
  const result = await audit.fn();
  if (result.status !== 'ok') {
    throw new Error(`${result.status}: ${result.reason}`);
  }
}

export function httpChecks(endpoint) {
  return serverAudits({ url: endpoint.http }).map((audit) => ({
    name: `${audit.id} ${audit.name}`,
    run: () => expectOk(audit),
  }));
}
