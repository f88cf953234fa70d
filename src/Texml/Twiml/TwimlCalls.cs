using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store.Tables;
using Ringwright.Texml.Languages;

namespace Ringwright.Texml.Twiml;

/// <summary>The account's calls, whoever commands them.</summary>
internal static class TwimlCalls
{
    public static async ValueTask<Reply> Get(OperationContext op, TwimlParts parts) =>
        await TwimlPaths.FindCallAsync(op, parts) is { } leg ? op.Bare(200, await TwimlCallView.OfAsync(op, parts, leg))
            : op.Unknown("Sid");

    public static async ValueTask<Reply> List(OperationContext op, TwimlParts parts)
    {
        if (TwimlDates.Read(op, "StartTime") is not { } started) return TwimlDates.Refuse(op, "StartTime");
        if (TwimlDates.Read(op, "EndTime") is not { } ended) return TwimlDates.Refuse(op, "EndTime");
        if (Filled(op, "ParentCallSid") is { } parent) return await ListDialledAsync(op, parts, parent, started, ended);
        string? status = Filled(op, "Status");
        var search = new LegSearch
        {
            From = Party(op, "From"),
            To = Party(op, "To"),
            Started = started,
            Ended = ended,
            UnansweredCauses = status is null ? null : TwimlStatus.CausesOf(status, isAnswered: false),
            AnsweredCauses = status is null ? null : TwimlStatus.CausesOf(status, isAnswered: true),
            Live = status switch
            {
                "queued" => [LegStages.Placed],
                "ringing" => [LegStages.Coming, LegStages.Ringing],
                "in-progress" => [LegStages.Answered],
                _ => [],
            },
            Cursor = Filled(op, "PageToken"),
            Offset = op.List.Offset,
            Limit = op.List.Size,
        };
        if (await parts.Store.Legs.SearchAsync(op.Tenant, search, op.Stop) is not { } found)
            return TwimlPages.UnknownToken(op);
        return TwimlPages.Of(op, "calls", "Calls.json", await ShowAsync(op, parts, found.Rows), found.Next is not null, found.Next);
    }

    /// <summary>Those that a call's document has dialled.</summary>
    private static async ValueTask<Reply> ListDialledAsync(OperationContext op, TwimlParts parts, string parent, TimeRange started,
        TimeRange ended)
    {
        var legs = await TwimlPaths.FindCallAsync(op, parts.Store, parent) is { } leg
            ? await parts.Store.Legs.ListSessionAsync(op.Tenant, leg.Session, op.Stop) : [];
        // The newest first, as in all lists here.
        var within = legs.Where(one => TwimlDates.IsWithin(started, one.StartedAt) && HasEnded(one)).Reverse().ToArray();
        var dialled = (await ShowAsync(op, parts, within)).Where(call => (string?)call["parent_call_sid"] == parent);
        if (Party(op, "To") is { } called) dialled = dialled.Where(call => (string?)call["to"] == called);
        if (Party(op, "From") is { } caller) dialled = dialled.Where(call => (string?)call["from"] == caller);
        if (Filled(op, "Status") is { } status) dialled = dialled.Where(call => (string?)call["status"] == status);
        return TwimlPages.Of(op, "calls", "Calls.json", [.. dialled]);

        // Calls that are up have no end.
        bool HasEnded(LegRow one) => ended == default || one.EndedAt is { } end && TwimlDates.IsWithin(ended, end);
    }

    private static async ValueTask<IReadOnlyList<JsonObject>> ShowAsync(OperationContext op, TwimlParts parts, IReadOnlyList<LegRow> legs)
    {
        var shown = new List<JsonObject>();
        foreach (var leg in legs) shown.Add(await TwimlCallView.OfAsync(op, parts, leg));
        return shown;
    }

    /// <summary>As calls have it, however it was written.</summary>
    private static string? Party(OperationContext op, string name) =>
        Filled(op, name) is { } text ? TwimlCallBody.PartyOf(text) : null;

    private static string? Filled(OperationContext op, string name) => op.Query[name] is { Length: > 0 } value ? value : null;
}
