using System.CommandLine;
using System.Text.Json.Nodes;

namespace Ringwright.Server.Cli;

/// <summary><c>tenant administrator EMAIL</c>: who looks after all agencies.</summary>
internal static class AdministratorCommand
{
    private const string Path = "operator/v1/administrators";

    public static Command Create()
    {
        var email = new Argument<string>("email") { Description = "the address by which he signs in" };
        var json = new Option<bool>("--json") { Description = "print JSON" };
        var data = DataOption.Create();
        var command = new Command("administrator",
            "Make an administrator of the platform, and print the first password, once.")
        {
            email, json, data
        };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            var made = await node.Client.DataAsync(HttpMethod.Post, Path, new JsonObject { ["email"] = parsed.GetRequiredValue(email) },
                stop);
            await Console.Out.WriteLineAsync(parsed.GetValue(json) ? PlainJson.Of(made)
                : $"administrator {made["email"]}\n  first password  {made["password"]}");
            return 0;
        });
        return command;
    }
}
