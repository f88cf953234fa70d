using System.CommandLine;
using System.Text.Json.Nodes;
using Ringwright.Server.Operating;

namespace Ringwright.Server.Cli;

/// <summary><c>snapshot save|load FILE</c>: everything that a node keeps, or one account of it, as a file.</summary>
internal static class SnapshotCommand
{
    public static Command Create() => new("snapshot", "Back up and restore: everything, or one account.") { Save(), Load() };

    private static Command Save()
    {
        var file = new Argument<string>("file") { Description = "JSON lines; with secrets in the clear, so only its owner can read it" };
        var tenant = new Option<string>("--tenant")
        {
            Description = "this account and those below it; else all, with trunks and routes", HelpName = "NAME"
        };
        var without = new Option<bool>("--without-files") { Description = "leave out the bytes of kept media and recordings" };
        var overwrite = new Option<bool>("--overwrite") { Description = "write over a file that is there" };
        var data = DataOption.Create();
        var command = new Command("save", "Write a snapshot of this moment. Calls that are up are not in it.")
        {
            file, tenant, without, overwrite, data
        };
        command.SetAction(async (parsed, stop) =>
        {
            string path = Path.GetFullPath(parsed.GetRequiredValue(file));
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            var counts = await SnapshotsClient.SaveAsync(node.Client, path, parsed.GetValue(tenant), !parsed.GetValue(without),
                parsed.GetValue(overwrite), stop);
            await Console.Out.WriteLineAsync($"{path}: {Words(counts)}");
            return 0;
        });
        return command;
    }

    private static Command Load()
    {
        var file = new Argument<string>("file") { Description = "a saved snapshot, or one that was written by hand" };
        var replace = new Option<bool>("--replace") { Description = "remove first what the file's accounts have here" };
        var data = DataOption.Create();
        var command = new Command("load", "Load a snapshot: all of it or nothing. Ids stay as they are.") { file, replace, data };
        command.SetAction(async (parsed, stop) =>
        {
            string path = Path.GetFullPath(parsed.GetRequiredValue(file));
            // No first account is made: the snapshot brings its own.
            await using var node = await NodeAccess.OpenBareAsync(parsed.Folder(data), stop);
            var counts = await SnapshotsClient.LoadAsync(node.Client, path, parsed.GetValue(replace), stop);
            await Console.Out.WriteLineAsync($"loaded {Words(counts)}");
            return 0;
        });
        return command;
    }

    private static string Words(JsonNode counts) => counts.AsObject() is { Count: > 0 } kinds
        ? string.Join(", ", kinds.Where(k => k.Key is not ("ringwright" or "end")).Select(k => $"{k.Value} {k.Key}"))
        : "nothing";
}
