// A conversation through the client library that front-ends really use.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const KEEP_ALIVE_MS = 200;

function connect(endpoint, token, options = {}) {
  return createClient({
    url: endpoint.socket,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${token}` },
    retryAttempts: 0,
    lazy: true,
    ...options,
  });
}

/** Subscribes and collects what comes until the operation ends or `stop` is called. */
function collect(client, query) {
  const items = [];
  let stop;
  const ended = new Promise((resolve, reject) => {
    stop = client.subscribe(
      { query },
      { next: (item) => items.push(item), error: reject, complete: resolve },
    );
  });
  return { items, ended, stop };
}

export function socketClientChecks(endpoint, token) {
  return [
    {
      name: 'a query over the socket gives one result and completes',
      run: async () => {
        const client = connect(endpoint, token);
        const { items, ended } = collect(client, '{ __typename }');
        await ended;
        await client.dispose();
        assert.equal(items.length, 1);
        assert.equal(typeof items[0].data.__typename, 'string');
      },
    },
    {
      name: 'ping is answered by pong',
      run: async () => {
        let client;
        const pong = new Promise((resolve) => {
          client = connect(endpoint, token, {
            lazy: false,
            keepAlive: KEEP_ALIVE_MS,
            on: { pong: (received) => received && resolve() },
          });
        });
        await pong;
        await client.dispose();
      },
    },
    {
      name: 'caseEvents stays open, without an error, until the client leaves',
      run: async () => {
        let closed;
        const client = connect(endpoint, token, { on: { closed: (event) => (closed = event) } });
        const { items, ended, stop } = collect(client, 'subscription { caseEvents { __typename } }');
        let over = false;
        const watched = ended.then(() => {
          over = true;
        });
        await Promise.race([watched, sleep(1_000)]);
        assert.equal(over, false, 'the server completed the subscription by itself');
        assert.equal(closed, undefined, `the server closed the socket with ${closed?.code}`);
        for (const item of items) {
          assert.equal(item.errors, undefined, JSON.stringify(item.errors));
        }
        stop();
        await watched;
        await client.dispose();
      },
    },
    {
      name: 'a document that does not validate ends with an error message, the socket stays',
      run: async () => {
        const client = connect(endpoint, token, { lazy: false });
        await assert.rejects(collect(client, '{ noSuchFieldOnQuery }').ended, (errors) =>
          Array.isArray(errors) && errors.length > 0,
        );
        const { items, ended } = collect(client, '{ __typename }');
        await ended;
        await client.dispose();
        assert.equal(items.length, 1);
      },
    },
  ];
}
