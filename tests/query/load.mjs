// SPDX-License-Identifier: LGPL-2.1-or-later
// Loads a table of dump --csv into DuckDB: usage: load.mjs TABLE.csv. Prints what tests/query/load.test asks.
import { createRequire } from "node:module";
const require = createRequire(process.env.NODE_HOME + "/");
const { DuckDBInstance } = require("@duckdb/node-api");

const table = `read_csv('${process.argv[2]}', sample_size = -1)`;
const connection = await (await DuckDBInstance.create(":memory:")).connect();
const ask = async (question) => (await connection.runAndReadAll(question)).getRows();

for (const row of await ask(`SELECT op, sum(sectors), count(DISTINCT "index") FROM ${table} GROUP BY op ORDER BY op`))
    console.log(row.map((value) => value ?? "").join("|"));
const wanted = "'start', 'sectors', 'latency', 'kind', 'aligned', 'path'";
for (const row of await ask(`SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM ${table}) WHERE column_name IN (${wanted})`))
    console.log(row.join(" "));
for (const row of await ask(`SELECT DISTINCT path FROM ${table} WHERE path IS NOT NULL ORDER BY path`))
    console.log(row[0]);
