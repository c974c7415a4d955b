// Each line of standard input, parsed and written again by V8.
const lines = require("fs").readFileSync(0, "utf8").split("\n");
process.stdout.write(lines.map((line) => JSON.stringify(JSON.parse(line))).join("\n"));
