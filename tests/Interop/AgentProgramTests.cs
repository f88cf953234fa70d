using System.Diagnostics;
using Ringwright.Testing;

namespace Ringwright.Interop;

/// <summary>An agent that is tried by the program: a real call by a person of the lab, on a node that comes and goes with it.</summary>
public sealed class AgentProgramTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact, Depth("the tutorial of voice agents, which the gate types, tries one in writing and has a person of the lab call one")]
    public async Task A_person_of_the_lab_calls_the_agent_and_the_conversation_is_printed()
    {
        string file = _folder.File("shop.json");
        await File.WriteAllTextAsync(file, """
            {
              "transcript": true, "recogniser": "built-in", "greeting": "Welcome.", "start": "menu",
              "steps": {
                "menu": {
                  "say": "Press one.",
                  "ask": { "choices": [{ "words": ["yes"], "digits": "1", "go": "done" }], "seconds": 20, "otherwise": "bye" }
                },
                "done": { "say": "You have pressed it.", "outcome": "pressed", "hangup": true },
                "bye": { "say": "Nobody is there.", "hangup": true }
              }
            }
            """, TestContext.Current.CancellationToken);
        var (exit, text) = await RunAsync("agent", "try", file);
        Assert.True(exit == 0, text);
        int asked = text.IndexOf("assistant: Welcome. Press one.", StringComparison.Ordinal);
        int answered = text.IndexOf("assistant: You have pressed it.", StringComparison.Ordinal);
        Assert.True(asked >= 0 && answered > asked, text);
        Assert.Contains("\nended: ", text, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateDirectories(_folder.File("tmp"), "ringwright-*"));
    }

    [Fact]
    public async Task What_is_no_agent_is_refused_before_anything_starts()
    {
        await File.WriteAllTextAsync(_folder.File("broken.json"), "{}", TestContext.Current.CancellationToken);
        foreach (var (file, says) in new[]
        {
            ("none.json", "there is no such file"), ("shop.txt", "is no agent"), ("broken.json", "broken.json: "),
        })
        {
            var (exit, text) = await RunAsync("agent", "try", _folder.File(file));
            Assert.Equal(2, exit);
            Assert.Contains(says, text, StringComparison.Ordinal);
        }
    }

    private async Task<(int Exit, string Text)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Repository.Program, .. arguments])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true
        };
        // Of its own, so that what is left behind is seen.
        Directory.CreateDirectory(_folder.File("tmp"));
        start.Environment["TMPDIR"] = _folder.File("tmp");
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken),
            process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output + await errors);
    }
}
