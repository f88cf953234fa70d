using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Agency.Calling;
using Ringwright.Agency.Tables;
using Ringwright.Http;

namespace Ringwright.Agency.Talking;

/// <summary>What was said in a call, by both sides, as it was heard; of a call that is up what was said so far.</summary>
internal sealed class Transcripts(AgencyParts parts, AgencyCalls calls)
{
    private const string Json = "json", Vtt = "vtt";

    public async ValueTask<Reply> Get(OperationContext op)
    {
        if (await calls.FindAsync(op) is not { } call) return op.Unknown("id");
        var turns = await parts.Turns.ListAsync(call.Agency, call.Leg.Uuid.ToString(), op.Stop);
        var begun = call.Leg.AnsweredAt ?? call.Leg.StartedAt;
        if (op.Query["format"] is Vtt) return op.Raw(200, WebVtt.ContentType, Encoding.UTF8.GetBytes(WebVtt.Write(turns, begun)));
        if (op.Query["format"] is not (null or Json))
            return op.Raw(200, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(string.Concat(turns.Select(turn => Line(turn, begun)))));
        return op.Ok(new JsonObject
        {
            ["call_id"] = call.Leg.Uuid.ToString(), ["transcript_status"] = call.TranscriptStatus,
            ["transcript"] = new JsonArray([.. turns.Select(turn => (JsonNode)Show(turn, begun))]),
        });
    }

    public static JsonObject Show(TurnRow turn, DateTimeOffset begun)
    {
        double seconds = SecondsOf(turn, begun);
        var shown = new JsonObject
        {
            ["i"] = turn.Place, ["role"] = turn.Role, ["text"] = turn.Body, ["at"] = AgencyText.Time(turn.SaidAt),
            // What one hears is known from its beginning, and what one has understood at its end.
            ["t_start"] = turn.Role is TurnRow.User ? null : seconds, ["t_end"] = turn.Role is TurnRow.User ? seconds : null,
        };
        if (turn.Tool is { } tool) shown["tool"] = tool;
        if (turn.InvocationId is { } invocation) shown["invocation_id"] = invocation;
        return shown;
    }

    private static string Line(TurnRow turn, DateTimeOffset begun)
    {
        string who = turn.Tool is { } tool ? $"{turn.Role} {tool}" : turn.Role;
        // One turn, one line: whoever speaks makes no second one.
        return string.Create(CultureInfo.InvariantCulture,
            $"[{SecondsOf(turn, begun):F1}] {who}: {turn.Body.ReplaceLineEndings(" ")}\n");
    }

    /// <summary>From the answer.</summary>
    private static double SecondsOf(TurnRow turn, DateTimeOffset begun) => Math.Round(Math.Max(0, (turn.SaidAt - begun).TotalSeconds), 3);
}
