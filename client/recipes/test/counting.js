import { client } from '../target/client.js';

// The client does not tell how many functions it calls.
window.listeners = 0;
const { subscribe } = client;
client.subscribe = (listener) => {
  const end = subscribe(listener);
  window.listeners += 1;
  return () => {
    window.listeners -= 1;
    return end();
  };
};
