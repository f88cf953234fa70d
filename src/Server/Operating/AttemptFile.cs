using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Http;

namespace Ringwright.Server.Operating;

/// <summary>What came of a campaign's attempts, as CSV. What a spreadsheet would run is text in it.</summary>
internal static class AttemptFile
{
    private static readonly string[] Columns =
        ["phone_number", "from", "try", "state", "result", "reason", "at", "ended_at", "talk_seconds", "call"];

    /// <param name="attempts">As the operator's API has them.</param>
    public static string Write(JsonArray attempts) => Encoding.UTF8.GetString(
        CsvText.Write(Columns, attempts.Select(row => Columns.Select(column => CsvText.Cell(row![column])))));
}
