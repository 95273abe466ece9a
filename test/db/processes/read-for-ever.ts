import { writeSync } from "node:fs";
import Database from "better-sqlite3";

/** Begins to read and does not end before it is killed; prints how many events it sees, once a line comes in. */
const [file = ""] = process.argv.slice(2);
const database = new Database(file, { readonly: true });
const count = database.prepare("SELECT count(*) FROM events").pluck();
database.exec("BEGIN");
writeSync(1, `${String(count.get())}\n`);
process.stdin.on("data", () => writeSync(1, `${String(count.get())}\n`));
