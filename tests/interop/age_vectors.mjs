// SPDX-License-Identifier: GPL-3.0-or-later
// The C2SP test vectors as one JSON object, name -> base64: node age_vectors.mjs > VECTORS.json
import { writeSync } from "node:fs";
import * as vectors from "cctv-age";

const found = Object.entries(vectors).filter(([, value]) => value instanceof Uint8Array);
const text = Buffer.from(JSON.stringify(Object.fromEntries(found.map(([name, value]) => [name, Buffer.from(value).toString("base64")]))));
for (let sent = 0; sent < text.length; ) sent += writeSync(1, text, sent);
