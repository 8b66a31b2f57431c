// GraphQL over SSE in distinct connections mode: one operation per response, `next` events, then `complete`.
import assert from 'node:assert/strict';

function parseEvents(text) {
  return text
    .replaceAll('\r\n', '\n')
    .split('\n\n')
    .map((block) => block.split('\n').filter((line) => line !== '' && !line.startsWith(':')))
    .filter((lines) => lines.length > 0)
    .map((lines) => {
      const value = (field) =>
        lines
          .filter((line) => line.startsWith(`${field}:`))
          .map((line) => line.slice(field.length + 1).replace(/^ /, ''))
          .join('\n');
      return { event: value('event'), data: value('data') };
    });
}

function expectEventStream(response) {
  assert.equal(response.status, 200);
  assert.match(response.headers.get('content-type') ?? '', /^text\/event-stream\b/);
}

async function expectNextThenComplete(response) {
  expectEventStream(response);
  const events = parseEvents(await response.text());
  assert.deepEqual(
    events.map(({ event }) => event),
    ['next', 'complete'],
  );
  assert.equal(typeof JSON.parse(events[0].data).data.__typename, 'string');
}

const stream = { accept: 'text/event-stream' };

export function eventStreamChecks(endpoint, token) {
  const post = (query, headers = {}, signal = undefined) =>
    fetch(endpoint.http, {
      method: 'POST',
      headers: { ...stream, 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query }),
      signal,
    });

  return [
    {
      name: 'POST of a query gives next, then complete',
      run: async () => expectNextThenComplete(await post('{ __typename }')),
    },
    {
      name: 'GET of a query gives next, then complete',
      run: async () => {
        const url = `${endpoint.http}?query=${encodeURIComponent('{ __typename }')}`;
        await expectNextThenComplete(await fetch(url, { headers: stream }));
      },
    },
    {
      name: 'POST of a subscription opens a stream that the client may leave',
      run: async () => {
        const leave = new AbortController();
        const response = await post(
          'subscription { caseEvents { __typename } }',
          { authorization: `Bearer ${token}` },
          leave.signal,
        );
        expectEventStream(response);
        leave.abort();
      },
    },
    {
      name: 'GET of a mutation is refused with 405',
      run: async () => {
        const url = `${endpoint.http}?query=${encodeURIComponent('mutation { __typename }')}`;
        const response = await fetch(url, { headers: stream });
        await response.text();
        assert.equal(response.status, 405);
      },
    },
  ];
}
