import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readRetention, settingsFile } from "../../core/retention.ts";
import { scratchDirectory } from "../support/scratch.ts";

function settings(text: string): string {
  const stateDirectory = scratchDirectory("settings");
  writeFileSync(join(stateDirectory, settingsFile), text);
  return stateDirectory;
}

test("given no settings, when they are read, then 90 days and 4,096 MB are kept", () => {
  const defaults = { retentionDays: 90, databaseMegabytes: 4096 };
  expect(readRetention(scratchDirectory("settings"))).toEqual(defaults);
  expect(readRetention(settings("{}"))).toEqual(defaults);
});

test("given settings, when they are read, then null keeps without a bound", () => {
  expect(readRetention(settings('{"retentionDays": null}'))).toEqual({
    retentionDays: null,
    databaseMegabytes: 4096,
  });
  expect(readRetention(settings('{"retentionDays": 0.5, "databaseMegabytes": 1}'))).toEqual({
    retentionDays: 0.5,
    databaseMegabytes: 1,
  });
});

test.each([
  "",
  "[]",
  '{"retentionDays": 0}',
  '{"retentionDays": "7"}',
  '{"retention": 7}',
  '{"databaseMegabytes": -1}',
])("given settings %j, when they are read, then the error names the file and what to write", (text) => {
  const stateDirectory = settings(text);
  expect(() => readRetention(stateDirectory)).toThrow(
    expect.objectContaining({
      code: "settings.invalid",
      kind: "usage",
      message: expect.stringContaining(join(stateDirectory, settingsFile)),
    }),
  );
});
