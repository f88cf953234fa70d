using System.Text.Json.Nodes;
using Ringwright.Http;

namespace Ringwright.Server.Operating;

/// <summary>What came of a campaign's attempts, as CSV. What a spreadsheet would run is text in it.</summary>
internal static class AttemptFile
{
    private static readonly string[] Columns =
        ["phone_number", "from", "try", "state", "result", "reason", "at", "ended_at", "talk_seconds", "call"];

    /// <summary>The line of names.</summary>
    public static string Head => CsvText.Lines([Columns]);

    /// <param name="attempts">As the operator's API has them.</param>
    public static string Lines(JsonArray attempts) =>
        CsvText.Lines(attempts.Select(row => Columns.Select(column => CsvText.Cell(row![column]))));
}
