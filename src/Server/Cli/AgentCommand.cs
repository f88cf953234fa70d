using System.CommandLine;
using System.Text.Json.Nodes;
using Ringwright.Programs.Agents;
using Ringwright.Server.Demo;

namespace Ringwright.Server.Cli;

/// <summary>
/// <c>agent try FILE</c>: a person of the lab calls an agent of a file, on a node of its own that is taken away again; what both say is
/// printed as it is heard.
/// </summary>
internal static class AgentCommand
{
    /// <summary>Nobody's: the node has no other numbers.</summary>
    private const string Number = "+493000000", Extension = ".json";

    private static readonly TimeSpan RecogniserLimit = TimeSpan.FromSeconds(60);

    public static Command Create() => new("agent", "Agents of files, which talk with callers.") { Try() };

    private static Command Try()
    {
        var file = new Argument<string>("FILE") { Description = "the agent: a script, or with a model" };
        var from = AssistantCallCommand.From();
        var command = new Command("try", "Let a person of the lab call an agent on a node of its own, and print what is said.")
        {
            file, from,
        };
        command.SetAction(async (parsed, stop) =>
        {
            await RunAsync(parsed.GetRequiredValue(file), parsed.GetRequiredValue(from), stop);
            return 0;
        });
        return command;
    }

    private static async Task RunAsync(string file, string from, CancellationToken stop)
    {
        string path = Path.GetFullPath(file), folder = Path.GetDirectoryName(path) ?? "/";
        if (Path.GetExtension(path) is not Extension) throw new StartRefused($"{file} is no agent: that is a file NAME{Extension}");
        if (!File.Exists(path)) throw new StartRefused($"{file} cannot be read: there is no such file");
        string name = Path.GetFileNameWithoutExtension(path);
        if (AgentScripts.FaultOf(folder, name) is { } fault) throw new StartRefused(fault);
        if (!TellsWords(path))
            await Console.Out.WriteLineAsync($"{name}{Extension} has no \"transcript\": true, so that lengths stand in place of words");
        // Digits, yes and no are understood without anybody else, unless another recogniser is set up.
        string[] ears = Environment.GetEnvironmentVariable("RINGWRIGHT_RECOGNISER") is null ? ["--recogniser", "built-in"] : [];
        try
        {
            await using var node = await DemoNode.StartAsync(seed: 1, stop,
                ["--agents", folder, "--agent-lines", $"{Number}={name}", .. ears]);
            // On a fresh node words that come before are lost on it.
            if (ears.Length > 0) await node.AwaitWordsAsync("The built-in recogniser has made", RecogniserLimit, stop);
            await AssistantCallCommand.RunAsync(node.Data, from, Number, stop);
        }
        catch (DemoException failed)
        {
            throw new StartRefused(failed.Message, failed);
        }
    }

    /// <summary>It was found good before.</summary>
    private static bool TellsWords(string path) =>
        JsonNode.Parse(File.ReadAllText(path))?["transcript"] is JsonValue told && told.TryGetValue(out bool isTold) && isTold;
}
