import { writeSync } from "node:fs";
import Database from "better-sqlite3";
import { migrate } from "../../../db/migrate.ts";
import { migrations } from "../../../db/migrations/all.ts";

/** Upgrades the file by one more migration, says so in the middle of it, and then takes for ever. */
const [file = ""] = process.argv.slice(2);
const database = new Database(file);
database.function("say", (text: unknown) => writeSync(1, `${String(text)}\n`));
migrate(database, [
  ...migrations,
  `UPDATE runs SET goal = 'half done';
  SELECT say('in the middle');
  WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n;`,
]);
