using System.CommandLine;
using Ringwright.Server.Operating;

namespace Ringwright.Server.Cli;

/// <summary><c>account stop</c>: what must be done about an account at once.</summary>
internal static class AccountCommand
{
    public static Command Create() => new("account", "What must be done about an account at once.") { Stop() };

    private static Command Stop()
    {
        var name = new Argument<string>("name") { Description = "the account's name" };
        var json = new Option<bool>("--json") { Description = "print JSON" };
        var data = DataOption.Create();
        var command = new Command("stop",
            "End all live calls of an account and of those below it. Later calls are made: tenant limit and balance keep them away.")
        {
            name, json, data
        };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            var stopped = await AccountsClient.StopAsync(node.Client, parsed.GetRequiredValue(name), stop);
            await Console.Out.WriteLineAsync(parsed.GetValue(json) ? PlainJson.Of(stopped)
                : $"account {stopped["name"]}: {stopped["ended"]} calls ended");
            return 0;
        });
        return command;
    }
}
