using System.CommandLine;
using System.Text.Json.Nodes;

namespace Ringwright.Server.Cli;

/// <summary><c>tenant create NAME</c>: another account, with its secrets shown once.</summary>
internal static class TenantCommand
{
    public static Command Create()
    {
        var name = new Argument<string>("name");
        var json = new Option<bool>("--json") { Description = "print JSON" };
        var data = DataOption.Create();
        var create = new Command("create", "Make an account and print its secrets, once.") { name, json, data };
        create.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenAsync(parsed.Folder(data), stop);
            var made = await node.Client.SendAsync(HttpMethod.Post, "node/tenants", new JsonObject { ["name"] = parsed.GetRequiredValue(name) }, stop);
            if (parsed.GetValue(json)) await Console.Out.WriteLineAsync(made.ToJsonString());
            else await Console.Out.WriteLineAsync($"account {made["name"]} ({made["id"]})\n  API key         {made["telnyx_key"]}\n  webhook secret  {made["webhook_secret"]}");
            return 0;
        });
        return new Command("tenant", "Accounts.") { create };
    }
}
