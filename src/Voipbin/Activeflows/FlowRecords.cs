using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Core;
using Ringwright.Delivery.Mails;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Tables;
using Ringwright.Store.Work;

namespace Ringwright.Voipbin.Activeflows;

/// <summary>What runs of flows read and write, in the database.</summary>
internal sealed class FlowRecords(Database store, VoipbinEvents events, Schema shape) : IFlowRecords
{
    private const int AtOnce = 500;
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(500), Writing = TimeSpan.FromMinutes(30);

    public async ValueTask<FlowScript?> FindFlowAsync(TenantId tenant, Guid flow, CancellationToken stop)
    {
        if (await store.Documents.Rows(Flows.Stored).FindAsync(tenant, flow.ToString(), stop) is not { } row
            || ResourceKind.DeletedAt(row) is not null) return null;
        var next = Guid.TryParse((string?)row.Body["on_complete_flow_id"], out var id) && id != Guid.Empty ? id : (Guid?)null;
        return new(flow, FlowAction.ReadAll(row.Body["actions"] as JsonArray ?? []), next);
    }

    public async ValueTask<bool> BeginAsync(FlowRun run) =>
        await store.FlowRuns.BeginAsync(run, await TellAsync("created", run), CancellationToken.None);

    public async ValueTask<bool> ChangeAsync(FlowRun run) =>
        await store.FlowRuns.UpdateAsync(run, await TellAsync("updated", run), CancellationToken.None);

    public async ValueTask<bool> DeleteAsync(FlowRun run, DateTimeOffset at) => await store.FlowRuns.DeleteAsync(run.Tenant, run.Id, at,
        await TellAsync("deleted", run), CancellationToken.None);

    /// <summary>What an earlier process has left running is over.</summary>
    /// <returns>How many.</returns>
    public async ValueTask<int> EndLeftAsync(CancellationToken stop)
    {
        int ended = 0;
        while (await store.FlowRuns.ListRunningAsync(!store.Outbox.Lease.IsShared, AtOnce, stop) is { Count: > 0 } left)
        {
            foreach (var run in left)
            {
                var over = run with { State = FlowRunState.Ended, Outcome = FlowOutcome.Lost, UpdatedAt = store.Time.GetUtcNow() };
                if (await ChangeAsync(over)) ended++;
            }
        }
        return ended;
    }

    public async ValueTask<AttemptVariables> ReadAttemptAsync(TenantId tenant, Guid attempt, CancellationToken stop)
    {
        if (await store.DialAttempts.FindAsync(tenant, attempt, stop) is not { } one) return AttemptVariables.None;
        var campaign = await store.Campaigns.FindAsync(tenant, one.Campaign, stop);
        var list = await store.Targets.FindListAsync(tenant, one.List, stop);
        var target = await store.Targets.FindAsync(tenant, one.List, one.Target, stop);
        // What whoever dials does not read.
        var shownList = await DialerRows.Of(store, DialerRows.Outdial).FindAsync(tenant, one.List.ToString(), stop);
        var shownTarget = await DialerRows.Of(store, DialerRows.Target).FindAsync(tenant, one.Target.ToString(), stop);
        List<KeyValuePair<string, string>> own =
        [
            new("campaign.id", one.Campaign.ToString()), new("campaign.name", campaign?.Name ?? ""),
            new("campaigncall.id", attempt.ToString()),
            new("campaigncall.destination_index", one.Destination.ToString(CultureInfo.InvariantCulture)),
            new("campaigncall.try_count", one.Try.ToString(CultureInfo.InvariantCulture)),
            new("outdial.id", one.List.ToString()), new("outdial.name", list?.Name ?? ""),
            new("outdial.data", (string?)shownList?.Body["data"] ?? ""),
            new("outdialtarget.id", one.Target.ToString()), new("outdialtarget.name", target?.Name ?? ""),
            new("outdialtarget.detail", (string?)shownTarget?.Body["detail"] ?? ""),
            new("outdialtarget.data", target?.Data ?? ""),
        ];
        return new(own, OfTarget(target?.Data));
    }

    public ValueTask AskReasonAsync(TenantId tenant, Guid attempt, string reason) =>
        store.DialAttempts.AskAsync(tenant, attempt, reason, CancellationToken.None);

    public async ValueTask<string?> FindReasonAsync(TenantId tenant, Guid call, CancellationToken stop) =>
        await store.Legs.FindByUuidAsync(tenant, call, stop) is { IsAlive: false, Cause: { } cause } leg
            ? HangupReasons.Of(new(cause, leg.Direction, leg.AnsweredAt is not null), leg.Labels[HangupReasons.Label]) : null;

    public async ValueTask<string?> SendTextAsync(TenantId tenant, string from, string to, string words, IHolds? holds,
        CancellationToken stop)
    {
        switch (await PlainTexts.JoinAsync(store, tenant, from, static (_, _) => null, stop))
        {
            case PlainStanding.NotOwn: return $"{from} is no number of the customer's";
            case PlainStanding.OnProfile: return $"texts of {from} follow a messaging profile of another API, by which they are sent";
            case PlainStanding.Busy: return $"others are changing {from}";
        }
        var text = PlainTexts.TextOf(store, tenant, from, to, words, []);
        var allowance = await TextAllowance.OfAsync(store.Routing.Current.Rates.CreditsOf(tenant), holds, text.Cost, dayMicros: null,
            text.ReceivedAt, stop);
        return await store.Texts.AddAsync(text, allowance, work: null, stop) switch
        {
            TextRefusal.None => null,
            TextRefusal.Blocked => $"{to} has asked for no more texts",
            _ => "the balance does not pay for the text",
        };
    }

    public async ValueTask<string?> SendMailAsync(TenantId tenant, FlowMail mail, CancellationToken stop)
    {
        var kept = new List<RecordingRow>();
        foreach (var recording in mail.Recordings.Distinct())
        {
            if (await FindKeptAsync(tenant, recording, stop) is not { } row) return $"there is no recording {recording}, or it is not over";
            if (row.Blob is null) return $"the recording {recording} is in a bucket of the customer's own";
            kept.Add(row);
        }
        if (kept.Sum(row => row.Bytes) > FlowLimits.MailRecordingBytes)
            return $"recordings of more than {FlowLimits.MailRecordingBytes / (1024 * 1024)} MiB go with no mail";
        var now = store.Time.GetUtcNow();
        string body = VoipbinMailFormat.BodyOf(mail, kept);
        await store.Outbox.AddAsync([.. mail.To.Select(address => new OutboxMessage
        {
            Id = Guid.CreateVersion7(now), Tenant = tenant, OrderKey = $"email {address}", Format = VoipbinMailFormat.FormatName,
            EventType = "email_send", Url = MailSender.Scheme + address, OccurredAt = now, Body = body, Version = "1",
        })], stop);
        return null;
    }

    /// <summary>Null when there is none, and when it goes on for longer than keeping one takes.</summary>
    private async ValueTask<RecordingRow?> FindKeptAsync(TenantId tenant, Guid recording, CancellationToken stop)
    {
        var until = store.Time.GetUtcNow() + FlowLimits.Attaching;
        while (await store.Recordings.FindBegunAsync(tenant, recording, stop) is not { State: RecordingState.Saved })
        {
            if (store.Time.GetUtcNow() >= until) return null;
            await Task.Delay(BetweenLooks, store.Time, stop);
        }
        return await store.Recordings.FindAsync(tenant, recording, stop);
    }

    public async ValueTask<string> ReadSpokenAsync(TenantId tenant, bool isRecording, Guid reference, string language,
        CancellationToken stop)
    {
        var recordings = new List<Guid>();
        if (isRecording) recordings.Add(reference);
        else if (await store.Legs.FindByUuidAsync(tenant, reference, stop) is { } leg
            && await store.Recordings.SearchAsync(tenant, new() { Leg = leg.Id }, stop) is { } kept)
            recordings.AddRange(kept.Rows.Select(row => row.Id).Reverse());     // the newest is first there
        return await WriteDownAsync(tenant, recordings, new(language), stop);
    }

    public async ValueTask<bool> AwaitRecordingAsync(TenantId tenant, Guid recording, CancellationToken stop)
    {
        // One that runs may do so for as long as its call.
        DateTimeOffset? goneAt = null;
        while (true)
        {
            var row = await store.Recordings.FindBegunAsync(tenant, recording, stop);
            if (row is { State: RecordingState.Saved }) return true;
            // It is there from its first sample on, and gone when it failed.
            if (row is null && (goneAt ??= store.Time.GetUtcNow()) + FlowLimits.Keeping < store.Time.GetUtcNow()) return false;
            if (row is not null) goneAt = null;
            await Task.Delay(BetweenLooks, store.Time, stop);
        }
    }

    public async ValueTask<string> TranscribeAsync(TenantId tenant, LegId call, IReadOnlyList<Guid> recordings, RecordTranscription wanted,
        CancellationToken stop)
    {
        var kept = await store.Recordings.SearchAsync(tenant, new() { Leg = call }, stop);
        // The newest is first there.
        return await WriteDownAsync(tenant, recordings.Union(kept?.Rows.Select(row => row.Id).Reverse() ?? []), wanted, stop);
    }

    private async ValueTask<string> WriteDownAsync(TenantId tenant, IEnumerable<Guid> recordings, RecordTranscription wanted,
        CancellationToken stop)
    {
        var ordered = new List<Guid>();
        foreach (var recording in recordings)
        {
            if (await AwaitRecordingAsync(tenant, recording, stop)
                && await OrderAsync(tenant, recording, wanted, stop) is { } transcription) ordered.Add(transcription);
        }
        var written = new List<RecordingTranscriptionRow>();
        foreach (var transcription in ordered)
        {
            var until = store.Time.GetUtcNow() + Writing;
            var row = await store.RecordingTranscriptions.FindAsync(tenant, transcription, stop);
            while (row is { State: RecordingTranscriptionState.InProgress } && store.Time.GetUtcNow() < until)
            {
                await Task.Delay(BetweenLooks, store.Time, stop);
                row = await store.RecordingTranscriptions.FindAsync(tenant, transcription, stop);
            }
            if (row is not null) written.Add(row);
        }
        return string.Join('\n', written.Select(one => one.Text).Where(text => !string.IsNullOrWhiteSpace(text)));
    }

    /// <summary>A recording is listened to for one at a time: whoever comes next waits, as two do that want a side each.</summary>
    /// <returns>Null when there is no such recording, or the one before takes too long.</returns>
    private async ValueTask<Guid?> OrderAsync(TenantId tenant, Guid recording, RecordTranscription wanted, CancellationToken stop)
    {
        var until = store.Time.GetUtcNow() + Writing;
        while (true)
        {
            if (await TryAsync() is { } ordered) return ordered;
            // That one may be over just now.
            if (!await store.RecordingTranscriptions.IsOpenAsync(tenant, recording, stop)) return await TryAsync();
            if (store.Time.GetUtcNow() >= until) return null;
            await Task.Delay(BetweenLooks, store.Time, stop);
        }

        ValueTask<Guid?> TryAsync() =>
            store.RecordingTranscriptions.OrderAsync(tenant, recording, wanted, store.Time.GetUtcNow(), stop);
    }

    private async ValueTask<UnitOfWork> TellAsync(string change, FlowRun run)
    {
        var row = ActiveflowView.RowOf(run);
        var hook = (string?)run.Facts[FlowJournal.Hook] is { Length: > 0 } url
            ? new FlowHook(url, (string?)run.Facts[FlowJournal.HookMethod] ?? "") : null;
        return await events.TellAsync(ActiveflowView.Noun, shape, new(change, null, row) { At = run.UpdatedAt }, hook);
    }

    /// <summary>Each text, number and truth value of an object, as <c>target.NAME</c>.</summary>
    internal static List<KeyValuePair<string, string>> OfTarget(string? data)
    {
        try
        {
            return data is null || JsonNode.Parse(data) is not JsonObject members ? []
                : [.. members.Where(member => member.Value is JsonValue)
                    .Select(member => new KeyValuePair<string, string>($"target.{member.Key}", member.Value!.ToString()))];  // asked
        }
        catch (Exception free) when (free is JsonException or ArgumentException or InvalidOperationException)
        {
            // Free text, which it may be; or two members of one name, or half a surrogate pair in one.
            return [];
        }
    }
}
