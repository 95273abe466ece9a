import { describe, expect, it } from "vitest";
import { newInput } from "../../replay/new-input.ts";

const output = (text: string, type = "function_call_output") => [{ type, call_id: "c1", output: text }];

describe("given outputs as Codex 0.153.4 and 0.169.0 sent them", () => {
  it.each([
    [
      "a command",
      "Chunk ID: 418fa6\nWall time: 0.0000 seconds\nProcess exited with code 3\nOriginal token count: 1\nOutput:\nhi\n",
      { output: "hi\n", exitCode: 3 },
    ],
    [
      "a command that prints what looks like Codex's own lines",
      "Chunk ID: 47af42\nWall time: 0.0000 seconds\nProcess exited with code 0\nOriginal token count: 12\nOutput:\na\nOutput:\nProcess exited with code 7\nnonewline",
      { output: "a\nOutput:\nProcess exited with code 7\nnonewline", exitCode: 0 },
    ],
    [
      "a command that is still running",
      "Chunk ID: 3822a2\nWall time: 0.3011 seconds\nProcess running with session ID 81363\nOriginal token count: 0\nOutput:\nProcess exited with code 7\n",
      { output: "Process exited with code 7\n", exitCode: null },
    ],
    ["a command that was aborted", "Wall time: 1.4 seconds\naborted by user", { exitCode: null }],
    [
      "a command that was not allowed",
      'exec_command failed: CreateProcess { message: "Rejected(\\"approval request failed\\")" }',
      { exitCode: null },
    ],
    [
      "a patch",
      "Exit code: 0\nWall time: 0.1 seconds\nOutput:\nSuccess. Updated the following files:\nA a.txt\n",
      { output: "Success. Updated the following files:\nA a.txt\n", exitCode: 0 },
    ],
    [
      "a patch that does not fit",
      "apply_patch verification failed: Failed to find expected lines in /w/a.txt:\nExit code: 0\nOutput:\nnope",
      { exitCode: null, output: expect.stringMatching(/^apply_patch verification failed/) },
    ],
  ])("then %s is read", (_, text, expected) => {
    expect(newInput(output(text)).results).toEqual([expect.objectContaining({ callId: "c1", ...expected })]);
  });
});

describe("given a whole conversation", () => {
  const user = (text: string) => ({ type: "message", role: "user", content: [{ type: "input_text", text }] });
  const call = { type: "function_call", call_id: "c1", name: "exec_command", arguments: "{}" };
  const answer = { type: "message", role: "assistant", content: [{ type: "output_text", text: "x" }] };

  it("then only what follows the model's own last item is new", () => {
    const before = [user("first"), call, ...output("old"), answer];
    expect(newInput([...before, user("second")])).toEqual({ user: "second", results: [] });
    expect(newInput([...before, user("second"), call, ...output("new")])).toMatchObject({
      user: null,
      results: [{ output: "new" }],
    });
  });

  it("then of several texts of the user the last counts: Codex puts its own before the prompt", () => {
    expect(newInput([user("<environment_context>"), user("go")]).user).toBe("go");
  });

  it("then an item that is not understood hides no other", () => {
    expect(newInput([7, null, { call_id: 3 }, user("go"), { content: { a: 1 } }]).user).toBe("go");
  });
});
