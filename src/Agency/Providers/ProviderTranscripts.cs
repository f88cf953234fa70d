using Ringwright.Agency.Privacy;
using Ringwright.Agency.Tables;
using Ringwright.Store;

namespace Ringwright.Agency.Providers;

/// <summary>
/// Fetches what was said in calls of providers that are over, where the agency has a key; without one they wait. What cannot be fetched is
/// tried again, and then left for people.
/// </summary>
internal sealed class ProviderTranscripts(AgencyParts parts)
{
    /// <summary>Of one look, at the same time; messages of a call, and pages of them.</summary>
    private const int Most = 10, MostMessages = 5_000, MostPages = 100;

    /// <summary>So long it is ours.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(10);

    /// <summary>Before the second try; doubled for each further one, up to the longest.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(20), LongestRest = TimeSpan.FromMinutes(30);

    /// <summary>So long behind the end a provider may not have the messages yet.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromMinutes(10);

    private ProviderTranscriptTable Table => new(parts.Store);

    private DateTimeOffset Now => Times.Cut(parts.Store.Time.GetUtcNow());

    public async Task RunAsync(CancellationToken stop)
    {
        if (parts.Web is null) return;
        var (lost, due) = await Table.ListOpenAsync(Now, Most, stop);
        foreach (var one in lost) await Table.FailAsync(one, "the node stopped", null, Now, stop);
        await Task.WhenAll(due.Select(one => TryAsync(one, stop)));
    }

    /// <summary>One that cannot be fetched keeps no other from it.</summary>
    private async Task TryAsync(DueTranscript due, CancellationToken stop)
    {
        if (await Table.TakeAsync(due, Now, Now + Lease, stop) is not { } ours) return;
        try
        {
            var (fault, isFinal) = await FetchAsync(ours, stop);
            if (fault is not null) await FailAsync(ours, fault, isFinal, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Whoever comes next takes it at once.
            await Table.FailAsync(ours, "the node stopped", ours.Attempts >= ours.MaxAttempts ? null : Now, Now, CancellationToken.None);
            throw;
        }
        catch (Exception failed) when (failed is not StoreUnavailableException)
        {
            parts.Log.TranscriptNotFetched(failed, ours.CallId);
            await FailAsync(ours, "its messages cannot be read", isFinal: false, stop);
        }
    }

    private ValueTask FailAsync(DueTranscript ours, string why, bool isFinal, CancellationToken stop)
    {
        var rest = Rest * Math.Pow(2, ours.Attempts - 1);
        var again = Now + (rest < LongestRest ? rest : LongestRest);
        return Table.FailAsync(ours, why, isFinal || ours.Attempts >= ours.MaxAttempts ? null : again, Now, stop);
    }

    /// <returns>Why not, and whether it will never be; null when it is.</returns>
    private async ValueTask<(string? Fault, bool IsFinal)> FetchAsync(DueTranscript ours, CancellationToken stop)
    {
        if (await ProviderApi.OfAsync(parts, ours.TenantId, stop) is not { } api)
            return ("the agency has no key any more, or none that opens", false);
        string call = $"/api/calls/{Uri.EscapeDataString(ours.ProviderCallId)}";
        // Else those of the last stage alone come, and with them what was only given to the model before the call
        // (https://docs.ultravox.ai/api-reference/calls/calls-messages-list).
        var messages = await api.ListAllAsync(call + "/messages?mode=in_call&pageSize=100", MostPages, stop, MostMessages);
        if (messages.IsTooLong) return ("it has too many messages", true);
        if (messages.Fault is { } fault)
            return (fault, messages.IsRefusal || (messages.Status is 404 && Now - ours.EndedAt > Late));
        bool? hasRecording = await api.HasAsync(call + "/recording", stop);
        // What was said is not lost for it: at last nobody has seen a recording.
        if (hasRecording is null && ours.Attempts < ours.MaxAttempts) return ("nobody knows whether it was recorded", false);
        var turns = ProviderTurns.Of(messages.Rows, ours.JoinedAt ?? ours.StartedAt);
        var of = await parts.ProviderCalls.FindAsync(ours.TenantId, ours.CallId, stop);
        var redactor = await ProviderRedaction.OfAsync(parts, ours.TenantId, stop, of?.FromNumber ?? "", of?.ToNumber ?? "");
        await Table.CompleteAsync(ours, redactor?.Cut(turns) ?? turns, hasRecording is true, Now, stop);
        return default;
    }
}
