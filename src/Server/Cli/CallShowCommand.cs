using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringwright.Server.Cli;

/// <summary><c>call show ID</c>: one call as each API shows it to its customer, side by side.</summary>
internal static class CallShowCommand
{
    private const int Widest = 52;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static Command Create()
    {
        var id = new Argument<string>("id") { Description = "what any of the APIs calls the call, or the UUID of a leg or session" };
        var json = new Option<bool>("--json") { Description = "as the operator's API answers" };
        var data = DataOption.Create();
        var command = new Command("show", "Show a call as each API shows it to its customer, side by side.") { id, json, data };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            // the operator's API answers so
            var shown = (await node.Client.SendAsync(HttpMethod.Get,
                $"operator/v1/calls/{Uri.EscapeDataString(parsed.GetRequiredValue(id))}/faces", null, stop))["data"]!;
            if (parsed.GetValue(json)) await Console.Out.WriteLineAsync(shown.ToJsonString(Indented));
            else await WriteAsync(Console.Out, shown);
            return 0;
        });
        return command;
    }

    internal static async Task WriteAsync(TextWriter into, JsonNode shown)
    {
        // the contract says so, here and below
        await into.WriteLineAsync($"session {shown["session_id"]}, account {shown["account"]!["name"]}");
        foreach (var leg in shown["legs"]!.AsArray())
        {
            await into.WriteLineAsync($"\nleg {leg!["id"]} {leg["direction"]}: {leg["from"]} -> {leg["to"]}");
            var faces = leg["faces"]!.AsArray();
            List<List<string>> columns = [.. faces.Select(face => Lines("", face!["document"]).ToList())];
            int[] widths = [.. columns.Select((column, i) =>
                Math.Min(Widest, column.Append((string)faces[i]!["face"]!).Max(line => line.Length)))];
            await WriteRowAsync(into, faces.Select(face => (string)face!["face"]!), widths);
            await WriteRowAsync(into, widths.Select(width => new string('-', width)), widths);
            for (int row = 0; row < columns.Select(column => column.Count).DefaultIfEmpty().Max(); row++)
                await WriteRowAsync(into, columns.Select(column => row < column.Count ? column[row] : ""), widths);
        }
    }

    private static Task WriteRowAsync(TextWriter into, IEnumerable<string> cells, int[] widths) =>
        into.WriteLineAsync(string.Join("  ", cells.Select((cell, i) => Cut(cell, widths[i]).PadRight(widths[i]))).TrimEnd());

    private static string Cut(string text, int width) => text.Length <= width ? text : text[..(width - 1)] + "…";

    /// <summary>A line for each value that is there, with its path.</summary>
    private static IEnumerable<string> Lines(string path, JsonNode? node) => node switch
    {
        JsonObject members => members.SelectMany(member => Lines(path.Length == 0 ? member.Key : $"{path}.{member.Key}", member.Value)),
        JsonArray items => items.SelectMany((item, i) => Lines($"{path}[{i}]", item)),
        null => [],
        _ => [$"{path} {node}"],
    };
}
