// Signs in as a demo account, through the same doors as the explorer.

const SESSION_CREATE = `
  mutation ConformanceSession($input: SessionCreateInput!) {
    sessionCreate(input: $input) {
      session { accessToken expiresAt }
      userErrors { message path }
    }
  }`;

export async function postGraphql(endpoint, body, headers = {}) {
  const response = await fetch(endpoint.http, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

export async function demoToken(endpoint) {
  const response = await fetch(`${endpoint.base}/demo/accounts`);
  if (!response.ok) {
    throw new Error(`GET /demo/accounts answered ${response.status}`);
  }
  const [first] = await response.json();
  if (!first) {
    throw new Error('GET /demo/accounts lists no account');
  }
  const { body } = await postGraphql(endpoint, {
    query: SESSION_CREATE,
    variables: { input: { account: first.account, password: first.password } },
  });
  const token = body.data?.sessionCreate?.session?.accessToken;
  if (!token) {
    throw new Error(`sessionCreate for ${first.account} answered ${JSON.stringify(body)}`);
  }
  return token;
}
