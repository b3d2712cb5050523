// SPDX-License-Identifier: GPL-3.0-or-later
// Opens a bundle with age's reference implementation: node age_open.mjs FILE.twb IDENTITY_FILE > PLAINTEXT
import { readFileSync, writeSync } from "node:fs";
import { Decrypter } from "age-encryption";

const [bundle, identities] = process.argv.slice(2);
const decrypter = new Decrypter();
for (const line of readFileSync(identities, "utf8").split("\n")) {
  if (line && !line.startsWith("#")) decrypter.addIdentity(line);
}
const plaintext = await decrypter.decrypt(new Uint8Array(readFileSync(bundle)));
for (let sent = 0; sent < plaintext.length; ) sent += writeSync(1, plaintext, sent);
