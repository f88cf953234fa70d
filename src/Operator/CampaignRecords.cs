using System.Text.Json.Nodes;
using Ringwright.Calls.Pricing;
using Ringwright.Campaigns.Dialling;
using Ringwright.Campaigns.Windows;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Operator;

/// <summary>Campaigns of accounts, for whoever calls out without a face's API.</summary>
internal static class CampaignRecords
{
    private const string RecordType = "campaign";

    public static async ValueTask<Reply> List(OperationContext op, OperatorParts parts)
    {
        if (Accounts.Of(op) is not { } tenant) return op.Unknown("account_id");
        var (rows, total) = await parts.Store.Campaigns.ListAsync(tenant.Id, op.List.Offset, op.List.Size, op.Stop);
        return op.Page([.. rows.Select(row => (JsonNode)Show(row))], total);
    }

    public static async ValueTask<Reply> Create(OperationContext op, OperatorParts parts)
    {
        if (Accounts.Of(op) is not { } tenant) return op.Unknown("account_id");
        var body = op.ReadObject();
        string name = (string)body["name"]!; // required
        var from = new List<string>();
        foreach (var one in body["from"]!.AsArray()) // required
        {
            if (!E164.TryParse((string)one!, out var number)) return op.Invalid("/from", "invalid",
                "from must be numbers in +E.164 form, such as +498912345678.");
            from.Add(number.Text);
        }
        if (!TryMoment(body, "starts_at", out var starts) || !TryMoment(body, "ends_at", out var ends))
            return op.Invalid("/ends_at", "invalid", "starts_at and ends_at must be dates such as 2026-01-31, or moments.");
        if (ends <= (starts ?? op.Now)) return op.Invalid("/ends_at", "invalid", "ends_at must be later than starts_at and now.");
        var faults = new List<WindowFault>();
        var windows = CampaignTerms.WindowsOf(body, faults);
        if (faults.Count > 0) return op.Invalid("/" + faults[0].Path, "invalid", faults[0].Sentence);
        var terms = new CampaignTerms
        {
            Windows = windows,
            Caps = CapsOf(body["caps"]),
            From = from,
            Message = (string)body["message"]!, // required
            Language = (string?)body["language"] ?? "en-US",
            Tries = [.. Enumerable.Repeat((int?)body["tries"] ?? 1, Target.MostDestinations)],
            RetryInterval = TimeSpan.FromSeconds((double?)body["retry_seconds"] ?? 600),
            RingTimeout = TimeSpan.FromSeconds((int?)body["ring_seconds"] ?? 30),
            CallsPerSecond = (double?)body["calls_per_second"] ?? 2,
            ConcurrentCalls = (int?)body["concurrent_calls"],
            End = (string?)body["end"] is "continue" ? ListEnd.Continue : ListEnd.Stop,
            Consent = (string?)body["consent"] is { } consent ? ContactWords.Parse<ConsentKind>(consent) : null,
            StartsAt = starts,
            EndsAt = ends,
        };
        var now = op.Now;
        var list = new TargetList(Guid.CreateVersion7(now), tenant.Id, name, now);
        await parts.Store.Targets.AddListAsync(list, op.Stop);
        var campaign = new Campaign
        {
            Id = Guid.CreateVersion7(now), Tenant = tenant.Id, Name = name, State = CampaignState.Stop, List = list.Id,
            Terms = terms.Write(), CreatedAt = now, UpdatedAt = now,
        };
        var shown = Show(campaign);
        await parts.Store.Campaigns.AddAsync(campaign, op.Note("created", RecordType, campaign.Id.ToString(), after: shown) with
        {
            Tenant = tenant.Id
        }, op.Stop);
        return op.Created(shown);
    }

    public static async ValueTask<Reply> Get(OperationContext op, OperatorParts parts)
    {
        if (await FindAsync(op, parts) is not { } campaign) return op.Unknown("campaign_id");
        var shown = Show(campaign);
        var counts = await parts.Store.Targets.CountAsync(campaign.Tenant, campaign.List, op.Stop);
        shown["targets"] = new JsonObject
        {
            ["idle"] = counts.Idle, ["progressing"] = counts.Progressing, ["done"] = counts.Done,
            ["next_due_at"] = counts.NextDue is { } due ? OperatorTime.Write(due) : null,
        };
        var reasons = await parts.Store.DialAttempts.CountReasonsAsync(campaign, op.Stop);
        shown["attempts"] = new JsonArray([.. reasons.Select(one => (JsonNode)new JsonObject
        {
            ["reason"] = one.Reason, ["result"] = one.Result, ["attempts"] = one.Number,
        })]);
        return op.Ok(shown);
    }

    public static async ValueTask<Reply> Start(OperationContext op, OperatorParts parts)
    {
        if (await FindAsync(op, parts) is not { } campaign) return op.Unknown("campaign_id");
        string? why = await CampaignSwitch.StartAsync(parts.Store, campaign.Tenant, campaign.Id, op.Now, NoteOf(op, campaign, "started"),
            op.Stop);
        if (why is not null) return op.Fail(Fault.WrongState, $"The campaign does not start: {why}.");
        return await Get(op, parts);
    }

    public static async ValueTask<Reply> Halt(OperationContext op, OperatorParts parts)
    {
        if (await FindAsync(op, parts) is not { } campaign) return op.Unknown("campaign_id");
        await CampaignSwitch.StopAsync(parts.Store, campaign.Tenant, campaign.Id, op.Now, NoteOf(op, campaign, "stopped"), op.Stop);
        return await Get(op, parts);
    }

    public static async ValueTask<Reply> ListTargets(OperationContext op, OperatorParts parts)
    {
        if (await FindAsync(op, parts) is not { } campaign) return op.Unknown("campaign_id");
        var counts = await parts.Store.Targets.CountAsync(campaign.Tenant, campaign.List, op.Stop);
        var rows = await parts.Store.Targets.ListAsync(campaign.Tenant, campaign.List, op.List.Offset, op.List.Size, op.Stop);
        return op.Page([.. rows.Select(row => (JsonNode)new JsonObject
        {
            ["record_type"] = "target", ["id"] = row.Id.ToString(), ["name"] = row.Name, ["phone_number"] = row.Destinations[0],
            ["destinations"] = new JsonArray([.. row.Destinations.Select(one => (JsonNode?)one)]), ["timezone"] = row.TimeZone,
            ["state"] = Word(row.State), ["outcome"] = row.Outcome, ["tries"] = row.Tries.Sum(),
            ["due_at"] = row.State is TargetState.Done ? null : OperatorTime.Write(row.DueAt),
        })], counts.Total);
    }

    public static async ValueTask<Reply> ListAttempts(OperationContext op, OperatorParts parts)
    {
        if (await FindAsync(op, parts) is not { } campaign) return op.Unknown("campaign_id");
        var (rows, total) = await parts.Store.DialAttempts.ListAsync(campaign, op.List.Offset, op.List.Size, op.Stop);
        return op.Page([.. rows.Select(row => (JsonNode)new JsonObject
        {
            ["record_type"] = "attempt", ["id"] = row.Id.ToString(), ["target_id"] = row.Target.ToString(), ["phone_number"] = row.Number,
            ["from"] = row.From, ["try"] = row.Try, ["state"] = Word(row.State), ["result"] = row.Result, ["reason"] = row.Reason,
            ["call"] = row.LegUuid?.ToString(), ["talk_seconds"] = row.TalkSeconds, ["at"] = OperatorTime.Write(row.ClaimedAt),
            ["agent_at"] = row.AgentAt is { } agent ? OperatorTime.Write(agent) : null,
            ["ended_at"] = row.EndedAt is { } end ? OperatorTime.Write(end) : null, ["evidence"] = row.Evidence.DeepClone(),
        })], total);
    }

    /// <summary>Whoever is done is called once more, from the first try on.</summary>
    public static async ValueTask<Reply> Reset(OperationContext op, OperatorParts parts)
    {
        if (await FindAsync(op, parts) is not { } campaign) return op.Unknown("campaign_id");
        string? outcome = (string?)op.ReadObject()["outcome"];
        int reset = await parts.Store.Targets.ResetAsync(campaign.Tenant, campaign.List, outcome, op.Now, op.Stop);
        return op.Ok(new JsonObject { ["record_type"] = "target_reset", ["reset"] = reset });
    }

    /// <returns>The campaign in the path; null when the account in it has no such one.</returns>
    internal static async ValueTask<Campaign?> FindAsync(OperationContext op, OperatorParts parts) =>
        Accounts.Of(op) is { } tenant && Guid.TryParse(op.Path("campaign_id"), out var id)
            ? await parts.Store.Campaigns.FindAsync(tenant.Id, id, op.Stop) : null;

    private static FrequencyCaps? CapsOf(JsonNode? caps) => caps is null ? null : new()
    {
        MaxPerDay = (int?)caps["max_per_day"], MaxPerWeek = (int?)caps["max_per_week"],
        MinGap = (double?)caps["min_gap_seconds"] is { } gap ? TimeSpan.FromSeconds(gap) : null,
    };

    private static bool TryMoment(JsonObject body, string name, out DateTimeOffset? moment)
    {
        moment = null;
        if ((string?)body[name] is not { } text) return true;
        if (!RateSheet.TryMoment(text, out var read)) return false;
        moment = read;
        return true;
    }

    private static string Word<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();

    internal static Store.Audit.AuditNote NoteOf(OperationContext op, Campaign campaign, string change, JsonObject? after = null) =>
        op.Note(change, RecordType, campaign.Id.ToString(), after: after) with { Tenant = campaign.Tenant };

    private static JsonObject Show(Campaign campaign)
    {
        var terms = CampaignTerms.Read(campaign.Terms);
        return new()
        {
            ["record_type"] = RecordType,
            ["id"] = campaign.Id.ToString(),
            ["account_id"] = campaign.Tenant.ToString(),
            ["name"] = campaign.Name,
            ["state"] = Word(campaign.State),
            ["stop_reason"] = campaign.StopReason,
            ["from"] = new JsonArray([.. terms.From.Select(one => (JsonNode)one)]),
            ["message"] = terms.Message,
            ["language"] = terms.Language,
            ["tries"] = terms.Tries[0],
            ["retry_seconds"] = terms.RetryInterval.TotalSeconds,
            ["ring_seconds"] = (int)terms.RingTimeout.TotalSeconds,
            ["calls_per_second"] = terms.CallsPerSecond,
            ["concurrent_calls"] = terms.ConcurrentCalls,
            ["end"] = Word(terms.End),
            ["consent"] = terms.Consent is { } consent ? ContactWords.Of(consent) : null,
            ["windows"] = CallingWindowJson.Write(terms.Windows.Windows),
            ["excluded_dates"] = CallingWindowJson.Write(terms.Windows.ExcludedDates),
            ["caps"] = terms.Caps is not { } caps ? null : new JsonObject
            {
                ["max_per_day"] = caps.MaxPerDay, ["max_per_week"] = caps.MaxPerWeek, ["min_gap_seconds"] = caps.MinGap?.TotalSeconds,
            },
            ["starts_at"] = terms.StartsAt is { } starts ? OperatorTime.Write(starts) : null,
            ["ends_at"] = terms.EndsAt is { } ends ? OperatorTime.Write(ends) : null,
            ["created_at"] = OperatorTime.Write(campaign.CreatedAt),
            ["updated_at"] = OperatorTime.Write(campaign.UpdatedAt),
        };
    }
}
