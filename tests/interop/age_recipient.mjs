// SPDX-License-Identifier: GPL-3.0-or-later
// A fresh hybrid key pair of age's reference implementation: node age_recipient.mjs > "IDENTITY\nRECIPIENT\n"
import { generateHybridIdentity, identityToRecipient } from "age-encryption";

const identity = await generateHybridIdentity();
console.log(`${identity}\n${await identityToRecipient(identity)}`);
