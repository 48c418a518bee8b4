// A CommonJS module, as `npm init` makes them.

import handstamp = require('handstamp');
import react = require('handstamp/react');

const client: handstamp.Client = handstamp.createClient();
const useSession: (client: handstamp.Client) => handstamp.Snapshot = react.useSession;
export = { client, useSession };
