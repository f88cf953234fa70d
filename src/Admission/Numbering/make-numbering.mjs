// Writes numbering.tsv from the metadata of libphonenumber-js. To repeat with a newer version, in a scratch folder:
//   npm pack libphonenumber-js@1.13.16 && tar xzf libphonenumber-js-1.13.16.tgz
//   node make-numbering.mjs package/metadata.max.json > numbering.tsv
import { readFileSync } from "node:fs";

const metadata = JSON.parse(readFileSync(process.argv[2], "utf8"));
const types = 10;
const rows = [];

function row(country, code, plan) {
  const patterns = Array.from({ length: types }, (_, i) => plan[11]?.[i]?.[0] || "");
  rows.push([country, code, (plan[3] || []).join(","), plan[10] || "", plan[2] || "", ...patterns].join("\t"));
}

// The order of the countries of a shared calling code matters: the main one is first, and the first match decides.
for (const [code, countries] of Object.entries(metadata.country_calling_codes))
  for (const country of countries) row(country, code, metadata.countries[country]);
for (const [code, plan] of Object.entries(metadata.nonGeographic)) row("001", code, plan);

console.log("# Numbering plans, from libphonenumber-js 1.13.16 (MIT), made from Google's libphonenumber (Apache-2.0); see NOTICE.txt. Made by make-numbering.mjs.");
console.log("# country\tcode\tlengths\tleading\tgeneral\tfixed\tmobile\ttoll_free\tpremium\tpersonal\tvoicemail\tuan\tpager\tvoip\tshared_cost");
console.log(rows.join("\n"));
