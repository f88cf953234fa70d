using System.CommandLine;
using System.Text.Json.Nodes;
using Ringwright.Server.Nodes;

namespace Ringwright.Server.Cli;

/// <summary><c>doctor agency</c>: do the providers of agencies know the keys that the node keeps for them?</summary>
internal static class ProviderDoctorCommand
{
    private const string Path = "operator/v1/agency_providers";

    public static Command Create()
    {
        var data = DataOption.Create();
        var command = new Command("agency", "Ask the providers and carriers of agencies whether they know their keys; nothing is changed.")
        {
            data,
        };
        command.SetAction(async (parsed, stop) =>
        {
            string folder = parsed.Folder(data);
            using var admin = new AdminClient(folder);
            // Without a node nobody asks.
            if (await admin.FindNodeAsync(stop) is null) throw new StartRefused($"no node runs on {folder}: it is the node that asks");
            return await WriteAsync(Console.Out, await admin.ListAsync(Path, stop));
        });
        return command;
    }

    /// <param name="providers">As the operator's API shows them.</param>
    /// <returns>The exit code: 1 when a key is not known, or nobody could say so.</returns>
    internal static async Task<int> WriteAsync(TextWriter into, JsonArray providers)
    {
        if (providers.Count == 0)
        {
            await into.WriteLineAsync("No agency has a key of a provider or carrier.");
            return 0;
        }
        foreach (var one in providers)
            // our own node answers so
            await into.WriteLineAsync($"{((bool)one!["is_known"]! ? "ok  " : "BAD ")}  {(string?)one["provider"],-13} {one["account"]}, "
                + $"{one["base_url"]}, key {one["key_prefix"]}…: {one["says"]}");
        return providers.All(one => (bool)one!["is_known"]!) ? 0 : 1;
    }
}
