using System.CommandLine;
using Ringwright.Server.Nodes;

namespace Ringwright.Server.Cli;

/// <summary><c>wait</c>: for scripts, until a node takes work.</summary>
internal static class WaitCommand
{
    private const int MostSeconds = 86_400;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public static Command Create()
    {
        var api = new Option<string>("--api")
        {
            Description = "the public address of a node that is elsewhere; else it is the one of --data", HelpName = "URL"
        };
        var most = new Option<int>("--seconds")
        {
            Description = "how long, at most", HelpName = "N", DefaultValueFactory = _ => 60
        };
        most.Validators.Add(given =>
        {
            if (given.Tokens is [var token] && !(int.TryParse(token.Value, out int seconds) && seconds is >= 1 and <= MostSeconds))
                given.AddError($"--seconds must be a whole number from 1 to {MostSeconds}, not '{token.Value}'");
        });
        var data = DataOption.Create();
        var command = new Command("wait", "Wait until a node takes work, for scripts. It ends with 2 when none does in time.")
        {
            api, most, data
        };
        command.SetAction(async (parsed, stop) =>
        {
            int seconds = parsed.GetValue(most);
            string folder = parsed.Folder(data);
            using var http = parsed.GetValue(api) is { } elsewhere ? ClientOf(elsewhere) : null;
            using var client = new AdminClient(folder);
            string where = await UntilReadyAsync(
                asked => http is null ? NodeProbe.AskAsync(client, folder, asked) : NodeProbe.AskAsync(http, asked), seconds, stop);
            await Console.Out.WriteLineAsync($"ready: {where}");
            return 0;
        });
        return command;
    }

    private static HttpClient ClientOf(string api)
    {
        var root = AccountApi.RootOf(api);
        return new(NodeHttp.HandlerFor(root)) { BaseAddress = root };
    }

    /// <exception cref="StartRefused">It takes none in time; the sentence says what it said last.</exception>
    private static async Task<string> UntilReadyAsync(Func<CancellationToken, Task<(string Where, string? Trouble)>> ask, int seconds,
        CancellationToken stop)
    {
        string last = "nothing has answered yet";
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(TimeSpan.FromSeconds(seconds));
        try
        {
            while (true)
            {
                var (where, trouble) = await ask(limit.Token);
                if (trouble is null) return where;
                last = trouble;
                await Task.Delay(Pause, limit.Token);
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new StartRefused($"not ready after {seconds} s: {last.TrimEnd('.')}");
        }
    }
}
