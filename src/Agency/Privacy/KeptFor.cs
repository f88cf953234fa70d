using System.Text.Json.Nodes;
using Ringwright.Agency.Calling;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Agency.Privacy;

/// <summary>
/// What agencies keep of their calls for so many days alone: recordings, what was said, what was found in it, and what providers have told.
/// What was counted stays, and so does all of a call that is held. The node's own retention is the operator's, and knows of no hold.
/// </summary>
internal sealed class KeptFor(AgencyParts parts)
{
    /// <summary>The agency's setting.</summary>
    public const string Setting = "retention";

    private const string Recordings = "recordings_days", Transcripts = "transcripts_days", Analyses = "analysis_days",
        Logs = "webhook_log_days";
    private const int MostDays = 36_500, AtOnce = 100;

    private static readonly string[] Known = [Recordings, Transcripts, Analyses, Logs];

    /// <summary>What is wrong with the setting; null when nothing is.</summary>
    public static string? FaultOf(JsonNode setting) =>
        setting is JsonObject given && given.All(one => Known.Contains(one.Key) && DaysOf(given, one.Key) is > 0 and <= MostDays) ? null
            : $"It is an object with some of {string.Join(", ", Known)}, each 1 to {MostDays}.";

    public async Task RunAsync(CancellationToken stop)
    {
        var now = Times.Cut(parts.Store.Time.GetUtcNow());
        var accounts = parts.Store.Routing.Current.Tenants.ToList();
        foreach (var agency in accounts.Where(account => account.Parent is null).Select(account => account.Id))
        {
            if ((await parts.Kept.SettingsAsync(agency, stop))?[Setting] is not JsonObject kept) continue;
            if (DaysOf(kept, Transcripts) is { } said)
            {
                await parts.Kept.DeleteTurnsAsync(agency, now.AddDays(-said), stop);
                await parts.Kept.ClearToldAsync(agency, now.AddDays(-said), stop);
            }
            if (DaysOf(kept, Analyses) is { } found) await parts.Kept.ClearAnalysesAsync(agency, now.AddDays(-found), stop);
            if (DaysOf(kept, Logs) is { } logged) await parts.Kept.DeleteLogsAsync(agency, now.AddDays(-logged), stop);
            if (DaysOf(kept, Recordings) is not { } heard) continue;
            foreach (var account in accounts.Where(one => one.Id == agency || one.Parent == agency))
                await DeleteRecordingsAsync(agency, account.Id, now, now.AddDays(-heard), stop);
        }
    }

    private async Task DeleteRecordingsAsync(TenantId agency, TenantId account, DateTimeOffset now, DateTimeOffset before,
        CancellationToken stop)
    {
        string? cursor = null;
        do
        {
            var page = await parts.Store.Recordings.SearchAsync(account,
                new() { Created = new(null, before), Cursor = cursor, Limit = AtOnce }, stop);
            if (page is null || page.Rows.Count == 0) return;
            string[] calls = [.. page.Rows.Select(row => row.LegUuid.ToString()).Distinct()];
            var held = (await parts.CallNotes.ListAsync(agency, calls, stop))
                .Where(note => note.IsHeld).Select(note => note.Id).ToHashSet();
            var legs = (await parts.Store.Legs.ListByUuidsAsync(account, calls, stop)).ToLookup(leg => leg.Uuid.ToString());
            foreach (var row in page.Rows)
            {
                string call = row.LegUuid.ToString();
                if (row.State is RecordingState.Recording || held.Contains(call)) continue;
                await parts.Store.RecordingRemovals.RemoveAsync(row, note: null, isWithText: true, stop);
                if (legs[call].FirstOrDefault() is not { } leg) continue;
                string? client = account == agency ? null : account.ToString();
                // A client has its row before anything refers to it.
                if (client is not null) await parts.Tenancy.ClientAsync(agency, client, stop);
                await parts.Kept.UnrecordAsync(agency, client, AgencyCall.DirectionOf(leg), call, now, stop);
            }
            cursor = page.Next;
        }
        while (cursor is not null);
    }

    private static int? DaysOf(JsonObject kept, string name) =>
        kept[name] is JsonValue value && value.TryGetValue(out int days) ? days : null;
}
