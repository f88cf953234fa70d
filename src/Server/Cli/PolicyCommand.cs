using System.CommandLine;
using System.Text.Json.Nodes;
using Ringwright.Server.Operating;

namespace Ringwright.Server.Cli;

/// <summary><c>policy show</c>, <c>policy set KIND POLICY</c>: who decides on what accounts ask for.</summary>
internal static class PolicyCommand
{
    public static Command Create() => new("policy", "Who decides on what accounts ask for.") { Show(), Set() };

    private static Command Show()
    {
        var (tenant, json, data) = (Tenant(), Json(), DataOption.Create());
        var command = new Command("show", "Show the node's policy, or an account's.") { tenant, json, data };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            await WriteAsync(await PoliciesClient.ShowAsync(node.Client, parsed.GetValue(tenant), stop), parsed.GetValue(json));
            return 0;
        });
        return command;
    }

    private static Command Set()
    {
        var kind = new Argument<string>("kind") { Description = $"of what: {PoliciesClient.Orders}" };
        var policy = new Argument<string>("policy")
        {
            Description = "auto:S is done by itself after S seconds, digits:S by the last two digits of a number, desk by the operator; "
                + "node has an account follow the node again",
        };
        var (tenant, json, data) = (Tenant(), Json(), DataOption.Create());
        var command = new Command("set", "Set the node's policy, or an account's. What waits already goes on waiting.")
        {
            kind, policy, tenant, json, data
        };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            await WriteAsync(await PoliciesClient.SetAsync(node.Client, parsed.GetRequiredValue(kind), parsed.GetRequiredValue(policy),
                parsed.GetValue(tenant), stop), parsed.GetValue(json));
            return 0;
        });
        return command;
    }

    private static async Task WriteAsync(JsonNode policies, bool isJson)
    {
        if (isJson) await Console.Out.WriteLineAsync(PlainJson.Of(policies));
        else await Console.Out.WriteLineAsync($"{PoliciesClient.Orders} {policies[PoliciesClient.Orders]}"
            + ((bool?)policies["follows_node"] is true ? ", as the node has it" : ""));
    }

    private static Option<string?> Tenant() => new("--tenant") { Description = "an account's name; the node's policy when not given" };

    private static Option<bool> Json() => new("--json") { Description = "print JSON" };
}
