using System.Globalization;
using System.Text.Json.Nodes;

namespace Ringwright.Server.Cli;

/// <summary>How far a campaign is: on a terminal a table that stays in its place, else a line for each change.</summary>
internal sealed class CampaignBoard(TextWriter into, bool isTerminal)
{
    private string _shown = "";

    /// <param name="state">As the operator's API shows the campaign.</param>
    public async Task ShowAsync(JsonNode state, DateTimeOffset at)
    {
        if (!isTerminal)
        {
            string line = LineOf(state);
            if (line != _shown) await into.WriteLineAsync($"{at:HH:mm:ss}  {line}");
            _shown = line;
            return;
        }
        using var now = new StringWriter { NewLine = "\n" };
        await WriteAsync(now, state);
        string text = now.ToString();
        if (text == _shown) return;
        int lines = _shown.Count(c => c is '\n');
        // Up to where the table began, and nothing of it is left below.
        if (lines > 0) await into.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"\u001b[{lines}A\u001b[J"));
        await into.WriteAsync(text);
        await into.FlushAsync();
        _shown = text;
    }

    /// <summary>What became of the attempts, where the table has not shown it.</summary>
    public async Task EndAsync(JsonNode state)
    {
        await into.WriteLineAsync();
        if (!isTerminal) await WriteOutcomesAsync(into, state);
    }

    private static async Task WriteAsync(TextWriter table, JsonNode state)
    {
        var targets = state["targets"]!; // our own node answers so, and so below
        await Table.WriteAsync(table, ["STATE", "DONE", "UP", "TO CALL", "ATTEMPTS", "NEXT CALL"],
        [
            [
                $"{state["state"]}", $"{targets["done"]}", $"{targets["progressing"]}", $"{targets["idle"]}", $"{AttemptsOf(state)}",
                targets["next_due_at"] is { } due ? LiveText.Moment(due) : "-",
            ],
        ]);
        if (state["attempts"]!.AsArray().Count == 0) return;
        await table.WriteLineAsync();
        await WriteOutcomesAsync(table, state);
    }

    private static Task WriteOutcomesAsync(TextWriter table, JsonNode state) =>
        Table.WriteAsync(table, ["RESULT", "WHY", "ATTEMPTS"], [.. state["attempts"]!.AsArray().Select(one =>
            (IReadOnlyList<string>)[$"{one!["result"]}", $"{one["reason"]}", $"{one["attempts"]}"])]);

    private static string LineOf(JsonNode state)
    {
        var targets = state["targets"]!;
        var (done, up, idle) = (targets["done"], targets["progressing"], targets["idle"]);
        return string.Create(CultureInfo.InvariantCulture,
            $"{state["state"]}: {done} done, {up} up, {idle} to call, {AttemptsOf(state)} attempts");
    }

    private static long AttemptsOf(JsonNode state) => state["attempts"]!.AsArray().Sum(one => (long)one!["attempts"]!);
}
