using System.CommandLine;
using Ringwright.Core;
using Ringwright.Egress;
using Ringwright.Programs.Agents;
using Ringwright.Server.Modules;

namespace Ringwright.Server.Cli;

/// <summary><c>assistant try FILE</c>: talks with an agent in the terminal, by text. No node is needed.</summary>
internal static class AssistantCommand
{
    public static Command Create() => new("assistant", "Agents that talk with callers.") { Try(), AssistantPageCommand.Create() };

    private static Command Try()
    {
        var file = new Argument<string>("FILE") { Description = "an agent of --agents: a script, or with a model" };
        var command = new Command("try", $"Talk with an agent in the terminal; '{TypedTalk.Press.Trim()} 12' presses keys.") { file };
        command.SetAction(async (parsed, stop) =>
        {
            // Nothing of this listens, so that servers on this machine may be asked, as a node on loopback may.
            using var egress = new EgressClient(new() { IsLoopbackAllowed = true }, TimeProvider.System);
            var (talk, fault) = await TypedTalk.OpenAsync(parsed.GetRequiredValue(file), new AgentWeb(egress), TimeProvider.System,
                Console.Out, stop);
            if (talk is null) throw new StartRefused(fault!);      // one of the two is there
            using var _ = talk;
            await Console.Out.WriteLineAsync($"       ended: {await talk.RunAsync(ReadAsync, stop)}");
            return 0;
        });
        return command;
    }

    private static async ValueTask<string?> ReadAsync(CancellationToken stop)
    {
        if (!Console.IsInputRedirected) await Console.Out.WriteAsync("you>   ");
        // The console's own reader blocks whoever calls it, and Ctrl-C must not wait for a line.
        string? line = await Task.Run(() => Console.In.ReadLine(), stop).WaitAsync(stop);
        if (Console.IsInputRedirected && line is not null) await Console.Out.WriteLineAsync($"you>   {line}");
        return line;
    }
}
