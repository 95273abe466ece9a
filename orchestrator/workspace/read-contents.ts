import { PortcullisError } from "../../core/errors.ts";
import { gitText, runGit } from "./git.ts";
import { cloneGit, type PrivateClone } from "./private-clone.ts";

const longestHeader = 100;

/** How many bytes each object has, by its id. */
export async function objectSizes(
  clone: PrivateClone,
  objects: readonly string[],
): Promise<Map<string, number>> {
  const ids = [...new Set(objects)];
  if (ids.length === 0) return new Map();
  const args = ["cat-file", "--batch-check=%(objectname) %(objectsize)"];
  const lines = (await gitText(args, { ...cloneGit(clone), input: `${ids.join("\n")}\n` })).split("\n");
  return new Map(
    lines.map((line, index) => {
      const [object = "", size = ""] = line.split(" ");
      if (object !== ids[index] || !/^\d+$/.test(size)) throw new Error(`git does not know object ${line}`);
      return [object, Number(size)];
    }),
  );
}

/** Contents by id. Larger than `maxBytes` together: `file.too-large`, before any is read. */
export async function readObjects(
  clone: PrivateClone,
  objects: readonly string[],
  maxBytes: number,
): Promise<Map<string, Uint8Array>> {
  const sizes = await objectSizes(clone, objects);
  const total = [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
  if (total > maxBytes) throw tooLarge(total, maxBytes);
  const contents = new Map<string, Uint8Array>();
  if (sizes.size === 0) return contents;
  const { stdout } = await runGit(["cat-file", "--batch"], {
    ...cloneGit(clone),
    input: `${[...sizes.keys()].join("\n")}\n`,
    maxOutputBytes: total + sizes.size * longestHeader + 1,
  });
  let at = 0;
  for (const [object, bytes] of sizes) {
    const start = stdout.indexOf(0x0a, at) + 1;
    contents.set(object, stdout.subarray(start, start + bytes));
    at = start + bytes + 1;
  }
  if (at !== stdout.length) throw new Error(`git gave ${stdout.length} bytes of objects, expected ${at}`);
  return contents;
}

function tooLarge(bytes: number, maxBytes: number): PortcullisError {
  return new PortcullisError({
    code: "file.too-large",
    kind: "usage",
    message: `expected files of at most ${maxBytes} bytes together, found ${bytes}`,
    remedy: "make them smaller or fewer",
  });
}
