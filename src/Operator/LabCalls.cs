using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Http;

namespace Ringwright.Operator;

/// <summary>What the people of the lab heard, said and pressed: for assertions.</summary>
internal static class LabCalls
{
    /// <param name="lab">Its calls, the oldest first, as the lab's own door tells them. Null where no lab runs.</param>
    public static async ValueTask<Reply> List(OperationContext op, Func<CancellationToken, ValueTask<JsonArray?>>? lab)
    {
        if (lab is null || await lab(op.Stop) is not { } calls)
            return op.Fail(Fault.Unavailable, "The lab has people, and none runs here: start the node with --lab.");
        long after = long.TryParse(op.Query["after"], CultureInfo.InvariantCulture, out long number) ? number : 0;
        string? person = op.Query["person"];
        var rows = calls.Where(call => (long)call!["number"]! > after)      // the lab says so, here and below
            .Where(call => person is null || (string?)call!["person"] == person).ToList();
        return op.Page([.. rows.Skip(op.List.Offset).Take(op.List.Size).Select(Show)], rows.Count);
    }

    private static JsonNode Show(JsonNode? call)
    {
        var shown = call!.DeepClone().AsObject();
        shown["record_type"] = "lab_call";
        if (shown["ended"] is { } cause) shown["ended"] = CallWords.Words((string)cause!);
        return shown;
    }
}
