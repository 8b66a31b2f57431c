// The close codes of graphql-transport-ws, provoked one by one over a bare WebSocket.
import assert from 'node:assert/strict';
import WebSocket from 'ws';

const SUBPROTOCOL = 'graphql-transport-ws';
const CASE_EVENTS = { query: 'subscription { caseEvents { __typename } }' };

/** Opens a socket, hands every message to `onMessage`, and resolves with what was seen when the server closes it. */
function converse(endpoint, { onOpen = () => {}, onMessage = () => {} }) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(endpoint.socket, SUBPROTOCOL);
    const received = [];
    const send = (message) =>
      socket.send(typeof message === 'string' ? message : JSON.stringify(message));
    socket.on('open', () => onOpen(send));
    socket.on('message', (data) => {
      const message = JSON.parse(data.toString());
      received.push(message.type);
      onMessage(message, send);
    });
    socket.on('close', (code) => resolve({ code, received }));
    socket.on('error', reject);
  });
}

function expectCode(endpoint, expected, conversation) {
  return async () => {
    const { code, received } = await converse(endpoint, conversation);
    assert.equal(code, expected, `closed with ${code} after [${received.join(', ')}]`);
    if (expected === 4403) assert.deepEqual(received, []);
  };
}

export function closeCodeChecks(endpoint, token) {
  const init = { type: 'connection_init', payload: { authorization: `Bearer ${token}` } };
  const subscribe = (id) => ({ id, type: 'subscribe', payload: CASE_EVENTS });
  const afterAck = (act) => (message, send) => {
    if (message.type === 'connection_ack') act(send);
  };

  return [
    {
      name: '4400 a message that is not JSON',
      run: expectCode(endpoint, 4400, { onOpen: (send) => send('{ not json') }),
    },
    {
      name: '4400 a message of an unknown type',
      run: expectCode(endpoint, 4400, { onOpen: (send) => send({ type: 'no_such_type' }) }),
    },
    {
      name: '4400 a subscribe without an id',
      run: expectCode(endpoint, 4400, {
        onOpen: (send) => send(init),
        onMessage: afterAck((send) => send({ type: 'subscribe', payload: CASE_EVENTS })),
      }),
    },
    {
      name: '4401 subscribe before connection_init',
      run: expectCode(endpoint, 4401, { onOpen: (send) => send(subscribe('early')) }),
    },
    {
      name: '4403 connection_init with a token that is none',
      run: expectCode(endpoint, 4403, {
        onOpen: (send) =>
          send({ type: 'connection_init', payload: { authorization: 'Bearer no.such.token' } }),
      }),
    },
    {
      name: '4408 no connection_init in time',
      run: expectCode(endpoint, 4408, {}),
    },
    {
      name: '4409 the same id twice',
      run: expectCode(endpoint, 4409, {
        onOpen: (send) => send(init),
        onMessage: afterAck((send) => {
          send(subscribe('twin'));
          send(subscribe('twin'));
        }),
      }),
    },
    {
      name: '4429 connection_init twice',
      run: expectCode(endpoint, 4429, {
        onOpen: (send) => {
          send(init);
          send(init);
        },
      }),
    },
  ];
}
