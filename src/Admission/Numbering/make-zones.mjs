// Writes zones.tsv from the time zones in libphonenumber-csharp. To repeat with a newer version, in a scratch folder:
//   dotnet package download libphonenumber-csharp@9.0.43 --output .
//   node make-zones.mjs libphonenumber-csharp/9.0.43/lib/net10.0/PhoneNumbers.dll > zones.tsv
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

// Ids that the IANA database has renamed.
const renamed = {
  "America/Buenos_Aires": "America/Argentina/Buenos_Aires", "America/Godthab": "America/Nuuk", "Africa/Asmera": "Africa/Asmara",
  "Asia/Calcutta": "Asia/Kolkata", "Asia/Katmandu": "Asia/Kathmandu", "Asia/Rangoon": "Asia/Yangon", "Asia/Saigon": "Asia/Ho_Chi_Minh",
  "Atlantic/Faeroe": "Atlantic/Faroe", "Europe/Kiev": "Europe/Kyiv", "Pacific/Enderbury": "Pacific/Kanton",
  "Pacific/Ponape": "Pacific/Pohnpei", "Pacific/Truk": "Pacific/Chuuk", "Asia/Choibalsan": "Asia/Ulaanbaatar",
};

// Where the data has a neighbour's zone whose clocks are others for a part of the year: under these codes, this zone for that.
const corrected = {
  211: ["Africa/Nairobi", "Africa/Juba"], 212: ["Atlantic/Canary", "Africa/Casablanca,Africa/El_Aaiun"],
  213: ["Europe/Paris", "Africa/Algiers"], 218: ["Europe/Bucharest", "Africa/Tripoli"], 231: ["Atlantic/Reykjavik", "Africa/Monrovia"],
  245: ["Atlantic/Reykjavik", "Africa/Bissau"], 370: ["Europe/Bucharest", "Europe/Vilnius"], 371: ["Europe/Bucharest", "Europe/Riga"],
  372: ["Europe/Bucharest", "Europe/Tallinn"], 375: ["Europe/Moscow", "Europe/Minsk"], 505: ["America/Chicago", "America/Managua"],
  52: ["America/New_York", "America/Cancun"], 7: ["Europe/Bucharest", "Europe/Kaliningrad"], 7840: ["Europe/Bucharest", "Europe/Moscow"],
  7845: ["Europe/Moscow", "Europe/Saratov"], 850: ["Asia/Seoul", "Asia/Pyongyang"], 853: ["Asia/Shanghai", "Asia/Macau"],
  970: ["Europe/Bucharest", "Asia/Gaza,Asia/Hebron"],
};

// Area codes that were laid over others (nanpa.com): who has such a number may be anywhere in the area of the older ones.
const overlays = {
  236: [250], 257: [250], 364: [270], 367: [418], 448: [850], 458: [541], 474: [306], 581: [418], 639: [306], 672: [250], 729: [423],
  778: [250], 879: [709], 930: [812], 986: [208],
};

const ours = { 1555: ["Etc/UTC"] };   // the people of the lab

// The resource is compressed, behind its length; the assembly has others of that kind.
function zoneMap(assembly) {
  for (let at = assembly.indexOf("1f8b08", 0, "hex"); at >= 0; at = assembly.indexOf("1f8b08", at + 1, "hex")) {
    try {
      const bytes = gunzipSync(assembly.subarray(at, at + assembly.readInt32LE(at - 4)));
      if (bytes.subarray(0, 5).equals(Buffer.from("TTNP\x01"))) return bytes;
    } catch { /* another thing that begins so */ }
  }
  throw new Error("no map of time zones in the assembly");
}

// "TTNP", a version, the count of rows; of each its prefix (64 bits), the count of its zones, and these with a length before each.
function* rows(bytes) {
  let at = 5;
  const int = () => bytes.readInt32LE((at += 4) - 4);
  for (let left = int(); left > 0; left--) {
    const prefix = String(bytes.readBigInt64LE((at += 8) - 8));
    const zones = [];
    for (let more = int(); more > 0; more--) {
      const length = bytes[at++];
      if (length > 127) throw new Error(`${prefix}: a name of more than 127 bytes`);
      zones.push(bytes.toString("latin1", at, at += length));
    }
    yield [prefix, zones];
  }
}

const zonesOf = new Map();
const add = (prefix, zones) => zonesOf.set(prefix, [...new Set([...(zonesOf.get(prefix) ?? []), ...zones])].sort());

const corrections = Object.entries(corrected).sort(([a], [b]) => b.length - a.length);
for (const [prefix, zones] of rows(zoneMap(readFileSync(process.argv[2])))) {
  const correct = corrections.find(([code]) => prefix.startsWith(code))?.[1];
  const right = zones.flatMap(zone => (zone === correct?.[0] ? correct[1].split(",") : [renamed[zone] ?? zone]));
  // Under +1 all zones of an area code count for each of its numbers: the exchanges' own rows are of numbers that never moved.
  if (prefix[0] === "1") { if (prefix.length >= 4) add(prefix.slice(0, 4), right); }
  else add(prefix, right);
}
for (const [code, olders] of Object.entries(overlays))
  for (const older of olders) if (zonesOf.has(`1${older}`)) add(`1${code}`, zonesOf.get(`1${older}`));
for (const [prefix, zones] of Object.entries(ours)) add(prefix, zones);

// Only a number with a place is where its prefix is: a fixed line, and in some countries a mobile with an area code. Of a thousand numbers under
// each prefix the plans beside this file say what they are. None with a place: the prefix has the zones of its whole code. Some: it is mixed.
const mobilesHaveAreaCodes = ["52", "54", "55", "62", "86"];      // Mexico, Argentina, Brazil, Indonesia, China
const [premium, tollFree, shared, voip, personal, pager, uan, voicemail, fixed, mobile] = [8, 7, 14, 13, 9, 12, 11, 10, 5, 6];
const askingOrder = [premium, tollFree, shared, voip, personal, pager, uan, voicemail, fixed, mobile];      // as in NumberingPlans.cs
const plans = new Map();
for (const line of readFileSync(new URL("numbering.tsv", import.meta.url), "utf8").split("\n").filter(line => line && line[0] !== "#")) {
  const cells = line.split("\t");
  const patterns = cells.map((cell, i) => i > 3 && cell ? new RegExp(`^(?:${cell})$`) : null);
  plans.set(cells[1], [...(plans.get(cells[1]) ?? []), { lengths: cells[2].split(",").map(Number), patterns }]);
}
const kindOf = (national, countries) => {
  for (const { patterns } of countries)
    if (patterns[4]?.test(national)) {
      const kind = askingOrder.find(type => patterns[type]?.test(national));
      if (kind) return kind;
    }
  return null;
};
let state = 1;
const digit = () => Math.floor((state = (state * 48271) % 2147483647) / 2147483647 * 10);      // the same numbers each time

const mixed = new Set();
for (const prefix of zonesOf.keys()) {
  const code = [1, 2, 3].map(length => prefix.slice(0, length)).find(start => plans.has(start));
  if (!code) throw new Error(`${prefix} is under no calling code`);
  // Kazakhstan has a part of Russia's code for all its numbers.
  if (code === "1" || code === prefix || prefix === "77") continue;
  const countries = plans.get(code), lengths = [...new Set(countries.flatMap(country => country.lengths))];
  let withPlace = 0, without = 0;
  for (let i = 0; i < 1000; i++) {
    let national = prefix.slice(code.length);
    while (national.length < lengths[i % lengths.length]) national += digit();
    const kind = kindOf(national, countries);
    if (kind === fixed || (kind === mobile && mobilesHaveAreaCodes.includes(code))) withPlace++;
    else if (kind !== null) without++;
  }
  if (without > 0 && withPlace > 0 && String(zonesOf.get(prefix)) !== String(zonesOf.get(code))) mixed.add(prefix);
  else if (without > 0) zonesOf.set(prefix, zonesOf.get(code));
}

// A row that says what the next shorter one says is left out.
function isNews(prefix) {
  for (let length = prefix.length - 1; length > 0; length--) {
    const shorter = zonesOf.get(prefix.slice(0, length));
    if (shorter) return String(shorter) !== String(zonesOf.get(prefix)) || mixed.has(prefix.slice(0, length)) !== mixed.has(prefix);
  }
  return true;
}

console.log("# Time zones by number, from libphonenumber-csharp 9.0.43, made from Google's libphonenumber (both Apache-2.0); see NOTICE.txt. Made by make-zones.mjs.");
console.log("# prefix\tzones\tmixed, where numbers without a place lie under it too");
for (const prefix of [...zonesOf.keys()].sort().filter(isNews))
  console.log(`${prefix}\t${zonesOf.get(prefix)}\t${mixed.has(prefix) ? "mixed" : ""}`);
