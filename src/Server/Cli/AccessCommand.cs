using System.CommandLine;
using Ringwright.Server.Operating;

namespace Ringwright.Server.Cli;

/// <summary>
/// <c>access list|remove</c>: where the keys of accounts may be used from. Accounts list that by the API;
/// this is the way back when one has shut itself out.
/// </summary>
internal static class AccessCommand
{
    public static Command Create() => new("access", "Where keys may be used from.") { List(), Remove() };

    private static Command List()
    {
        var (tenant, data) = (Tenant(), DataOption.Create());
        var json = new Option<bool>("--json") { Description = "print JSON" };
        var command = new Command("list", "List the addresses and ranges of an account. Without any its keys may be used from everywhere.")
        {
            tenant, json, data
        };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            var entries = await Keys.ListNetworksAsync(node.Client, parsed.GetValue(tenant), stop);
            if (parsed.GetValue(json)) await Console.Out.WriteLineAsync(PlainJson.Of(entries));
            else
                await Table.WriteAsync(Console.Out, ["ID", "KIND", "NETWORK", "CREATED"],
                    [.. entries.Select(e => (IReadOnlyList<string>)[$"{e!["id"]}", $"{e["kind"]}", $"{e["network"]}",
                        ((string)e["created_at"]!)[..16].Replace('T', ' ')])]);
            return 0;
        });
        return command;
    }

    private static Command Remove()
    {
        var id = new Argument<string?>("id") { Description = "as access list shows it", Arity = ArgumentArity.ZeroOrOne };
        var all = new Option<bool>("--all") { Description = "remove all of them: the keys may be used from everywhere again" };
        var (tenant, data) = (Tenant(), DataOption.Create());
        var command = new Command("remove", "Remove addresses and ranges from an account's list.") { id, all, tenant, data };
        command.SetAction(async (parsed, stop) =>
        {
            string? named = parsed.GetValue(id);
            if (named is null != parsed.GetValue(all)) throw new StartRefused("name an entry by its id, or all of them by --all");
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            var done = await Keys.RemoveNetworksAsync(node.Client, parsed.GetValue(tenant), named, stop);
            await Console.Out.WriteLineAsync($"{done["removed"]} removed from the list of account {done["tenant"]}");
            return 0;
        });
        return command;
    }

    private static Option<string> Tenant() => new("--tenant") { Description = "the account; the first one when not named" };
}
