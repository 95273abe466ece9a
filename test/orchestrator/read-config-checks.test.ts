import { expect, test } from "vitest";
import { readConfig } from "../../orchestrator/read-config.ts";

const noFiles = { paths: [], read: () => Promise.resolve(null) };

test.each(["", "  ", "# npm test", "\n#a\n"])(
  "given --check %j, which would run nothing and so always pass, when it is read, then it is refused",
  async (check) => {
    await expect(readConfig(noFiles, ["npm test", check])).rejects.toMatchObject({
      code: "check.empty",
      kind: "usage",
    });
  },
);
