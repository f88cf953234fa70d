using System.CommandLine;
using System.Globalization;
using Ringwright.Server.Nodes;

namespace Ringwright.Server.Cli;

/// <summary>
/// <c>assistant call NUMBER</c>: a person of the lab calls a number that an agent answers; what both say, and what each answer took, is
/// printed as it is heard.
/// </summary>
internal static class AssistantCallCommand
{
    private const string Presses1 = "+15550071000";

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);
    /// <summary>Until the call is up.</summary>
    private const int MostLooks = 50;

    public static Command Create()
    {
        var number = new Argument<string>("number") { Description = "+E.164, which an agent or an assistant of the node answers" };
        var from = From();
        var data = DataOption.Create();
        var command = new Command("call", "Let a person of the lab call an agent, and print what is said as it is heard.")
        {
            number, from, data
        };
        command.SetAction(async (parsed, stop) =>
        {
            await RunAsync(parsed.Folder(data), parsed.GetRequiredValue(from), parsed.GetRequiredValue(number), stop);
            return 0;
        });
        return command;
    }

    /// <summary>Who of the lab calls.</summary>
    internal static Option<string> From() => new("--from")
    {
        Description = $"whose phone: {Presses1} presses 1 when the voice has ended", HelpName = "+…",
        DefaultValueFactory = _ => Presses1,
    };

    internal static async Task RunAsync(string data, string from, string to, CancellationToken stop)
    {
        using var node = new AdminClient(data);
        if (await node.FindNodeAsync(stop) is null)
            throw new StartRefused($"no node runs on {data}: start one with 'ringwright serve --lab', or name its folder with --data");
        var before = await SessionsAsync(node, from, to, stop);
        await LabCommand.DialAsync(data, from, to, stop);
        for (int look = 0; look < MostLooks; look++)
        {
            if ((await SessionsAsync(node, from, to, stop)).Except(before, StringComparer.Ordinal).FirstOrDefault() is { } session)
            {
                await FollowAsync(node, session, Console.Out, stop);
                return;
            }
            await Task.Delay(Look, stop);
        }
        throw new StartRefused($"no call from {from} to {to} came up: 'ringwright calls list --refused' says whether it was refused");
    }

    /// <summary>Of calls that are up.</summary>
    private static async Task<List<string>> SessionsAsync(AdminClient node, string from, string to, CancellationToken stop) =>
    [
        .. (await node.ListAsync("operator/v1/calls", stop))
            .Where(call => (string?)call!["from"] == from && (string?)call["to"] == to).Select(call => (string)call!["session_id"]!),
    ];

    /// <summary>Until the leg that came in is over.</summary>
    internal static async Task FollowAsync(AdminClient node, string session, TextWriter output, CancellationToken stop)
    {
        for (int shown = 0; ;)
        {
            var trace = await node.DataAsync(HttpMethod.Get, $"operator/v1/calls/{Uri.EscapeDataString(session)}/trace", null, stop);
            var leg = trace["legs"]![0]!;       // a session begins with one
            var notes = leg["entries"]!.AsArray().Where(entry => (string?)entry!["name"] == "noted").ToList();
            for (; shown < notes.Count; shown++)
            {
                var at = DateTimeOffset.Parse((string)notes[shown]!["at"]!, CultureInfo.InvariantCulture);
                await output.WriteLineAsync($"{at:HH:mm:ss.fff}  {notes[shown]!["detail"]}");
            }
            if (leg["verdict"] is { } verdict)
            {
                await output.WriteLineAsync($"ended: {verdict["cause"]}. {verdict["evidence"]}".TrimEnd());
                return;
            }
            await Task.Delay(Look, stop);
        }
    }
}
