// SPDX-License-Identifier: GPL-3.0-or-later
// Seals a file with age's reference implementation: node age_seal.mjs PLAINTEXT RECIPIENTS_FILE > FILE.twb
import { readFileSync, writeSync } from "node:fs";
import { Encrypter } from "age-encryption";

const [plaintext, recipients] = process.argv.slice(2);
const encrypter = new Encrypter();
for (const line of readFileSync(recipients, "utf8").split("\n")) {
  if (line && !line.startsWith("#")) encrypter.addRecipient(line);
}
const sealed = await encrypter.encrypt(new Uint8Array(readFileSync(plaintext)));
for (let sent = 0; sent < sealed.length; ) sent += writeSync(1, sealed, sent);
