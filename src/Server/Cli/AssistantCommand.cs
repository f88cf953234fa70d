using System.CommandLine;
using System.Net.Http.Headers;
using Ringwright.Core;
using Ringwright.Egress;
using Ringwright.Programs.Agents;
using Ringwright.Server.Modules;
using Ringwright.Server.Nodes;
using Ringwright.Server.Operating;

namespace Ringwright.Server.Cli;

/// <summary>
/// <c>assistant try FILE|ID</c>: talks in the terminal, by text, with an agent of a file, for which no node is needed, or with an assistant
/// that an account has stored, by the account's API.
/// </summary>
internal static class AssistantCommand
{
    /// <summary>The node itself gives an answer up after five minutes.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(6);

    public static Command Create() => new("assistant", "Agents that talk with callers.")
    {
        Try(), AssistantCallCommand.Create(), AssistantPageCommand.Create(),
    };

    private static Command Try()
    {
        var agent = new Argument<string>("FILE|ID")
        {
            Description = $"an agent of --agents: a script, or with a model; or {StoredTalk.Prefix}… of an account"
        };
        var key = new Option<string>("--key")
        {
            Description = $"of an assistant's account: its API key; {AccountApi.KeyVariable} when not given"
        };
        var api = new Option<string>("--api")
        {
            Description = $"the public address of a node that is elsewhere; {AccountApi.AddressVariable} when not given", HelpName = "URL"
        };
        var data = DataOption.Create();
        var command = new Command("try", $"Talk with an agent in the terminal; '{TypedTalk.Press.Trim()} 12' presses keys.")
        {
            agent, key, api, data
        };
        command.SetAction(async (parsed, stop) =>
        {
            string name = parsed.GetRequiredValue(agent);
            if (name.StartsWith(StoredTalk.Prefix, StringComparison.Ordinal) && !File.Exists(name))
            {
                string shown = AccountApi.Key(parsed.GetValue(key)) ?? throw new StartRefused(
                    $"an assistant that is stored needs --key (or {AccountApi.KeyVariable}): its account's API key");
                var root = await AddressAsync(AccountApi.Address(parsed.GetValue(api)), parsed.Folder(data), stop);
                using var there = new HttpClient(NodeHttp.HandlerFor(root))
                {
                    BaseAddress = root,
                    Timeout = Patience, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", shown) },
                };
                await new StoredTalk(there, Console.Out, TimeProvider.System).RunAsync(name, ReadAsync, stop);
                return 0;
            }
            // Nothing of this listens, so that servers on this machine may be asked, as a node on loopback may.
            using var egress = new EgressClient(new() { IsLoopbackAllowed = true }, TimeProvider.System);
            var (talk, fault) = await TypedTalk.OpenAsync(name, new AgentWeb(egress), TimeProvider.System, Console.Out, stop);
            if (talk is null) throw new StartRefused(fault!);      // one of the two is there
            using var _ = talk;
            await Console.Out.WriteLineAsync($"       ended: {await talk.RunAsync(ReadAsync, stop)}");
            return 0;
        });
        return command;
    }

    /// <summary>Of the node that is named, or that runs on the folder; paths are below it.</summary>
    private static async Task<Uri> AddressAsync(string? named, string folder, CancellationToken stop)
    {
        if (named is null)
        {
            using var node = new AdminClient(folder);
            named = (await node.FindNodeAsync(stop) ?? throw new StartRefused(
                $"no node runs on {folder}: start it with serve, name its folder with --data, or one elsewhere with --api")).Http;
        }
        return AccountApi.RootOf(named);
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
