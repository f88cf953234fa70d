using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;
using Ringwright.Telefonie.Calling;

namespace Ringwright.Telefonie.Conferring;

/// <summary>Who takes part in a conference now, and who rings for it. One that is over has nobody.</summary>
internal static class TelefonieParticipants
{
    private const string Muted = "muted", Hold = "hold", Yes = "true";
    private const int Page = 200;

    private static readonly string[] Known = ["to", "from", Muted], KnownOfUpdate = [Muted, Hold];

    public static async ValueTask<Reply> ListAsync(OperationContext op, TelefonieParts parts)
    {
        if (await TelefonieConferences.FindAsync(op, parts) is not { } conference) return TelefonieConferences.Unknown(op);
        var all = await AllAsync(op, parts, conference);
        return op.Ok(new JsonObject { ["participants"] = new JsonArray([.. all.Select(one => (JsonNode)Show(conference, one))]) });
    }

    /// <summary>Calls somebody, who is put in by his answer. The call is there for that alone.</summary>
    public static async ValueTask<Reply> AddAsync(OperationContext op, TelefonieParts parts)
    {
        if (await TelefonieConferences.FindAsync(op, parts) is not { } conference) return TelefonieConferences.Unknown(op);
        var body = op.ReadObject();
        var problems = TelefonieFields.Unknown(body, Known).ToList();
        if (TelefonieFields.Uncallable(body) is { } alias) problems.Add(alias);
        if (problems.Count > 0) return op.Fail(problems);
        if (conference.Status is ConferenceStatus.Completed) return op.Refuse(Refusal.ConferenceEnded);
        if (TelefonieConferences.MostOf(conference) is { } most && (await AllAsync(op, parts, conference)).Count >= most)
            return op.Refuse(Refusal.ConferenceFull);
        var part = new Participation { IsMuted = (bool?)body[Muted] is true };
        var dialled = await op.Calls.DialAsync(new()
        {
            Tenant = op.Tenant,
            Connection = default,
            To = (string)body["to"]!,       // required, as is from
            From = (string)body["from"]!,
            WaitsForRoom = true,        // as any call of this API; he is let go when the conference is over by then
            Application = Application.Participant,
            Conference = TelefonieConferences.JoinOf(op, conference, part),
            Labels = Labels.Of((TelefonieLabels.Conference, conference.Uuid.ToString()),
                (TelefonieLabels.ConferenceNews, ConferenceNews.LabelOf(conference)),
                (TelefonieLabels.Muted, part.IsMuted ? Yes : null)),
            AskedBy = op.Dialect.Name,
            HasAskerLeft = op.HasClientLeft,
        }, op.Stop);
        return dialled is { Ack.IsAccepted: true, Leg: { } leg }
            ? op.Created(Show(conference, new(leg.Id, leg.Uuid, part, TelefonieStatus.Queued))) : op.Fail(TelefonieErrors.Of(dialled));
    }

    public static async ValueTask<Reply> GetAsync(OperationContext op, TelefonieParts parts)
    {
        if (await TelefonieConferences.FindAsync(op, parts) is not { } conference) return TelefonieConferences.Unknown(op);
        return await FindAsync(op, parts, conference) is { } one ? op.Ok(Show(conference, one)) : Unknown(op);
    }

    public static async ValueTask<Reply> UpdateAsync(OperationContext op, TelefonieParts parts)
    {
        if (await TelefonieConferences.FindAsync(op, parts) is not { } conference) return TelefonieConferences.Unknown(op);
        if (await FindAsync(op, parts, conference) is not { } one) return Unknown(op);
        var body = op.ReadObject();
        if (TelefonieFields.Unknown(body, KnownOfUpdate).ToList() is { Count: > 0 } unknown) return op.Fail(unknown);
        bool? isMuted = (bool?)body[Muted], isOnHold = (bool?)body[Hold];
        if (isMuted is null && isOnHold is null) return op.Ok(Show(conference, one));
        if (!one.IsIn || conference.Room is not { } room) return op.Refuse(Refusal.NotYetAnswered);
        foreach (var command in Commands(one.Leg, isMuted, isOnHold))
            if (await op.Calls.SendAsync(Subject.Of(room), command, op.Stop) is { IsAccepted: false } ack) return op.Refuse(ack.Refusal);
        return op.Ok(Show(conference, await TelefonieSettling.WaitAsync(op, one, () => FindAsync(op, parts, conference),
            seen => (isMuted ?? seen.As.IsMuted) == seen.As.IsMuted && (isOnHold ?? seen.As.IsOnHold) == seen.As.IsOnHold)));
    }

    public static async ValueTask<Reply> RemoveAsync(OperationContext op, TelefonieParts parts)
    {
        if (await TelefonieConferences.FindAsync(op, parts) is not { } conference) return TelefonieConferences.Unknown(op);
        if (await FindAsync(op, parts, conference) is not { } one) return Unknown(op);
        var ack = one.IsIn && conference.Room is { } room
            ? await op.Calls.SendAsync(Subject.Of(room), new ConferenceCommand.Leave(one.Leg), op.Stop) : await CancelAsync(op, one);
        if (!ack.IsAccepted) return op.Refuse(ack.Refusal);
        // Whoever looks next is not to find him.
        bool isGone = false;
        await TelefonieSettling.WaitAsync(op, one, async () =>
        {
            isGone = await FindAsync(op, parts, conference) is null;
            return null;
        }, _ => isGone);
        return op.NoContent();
    }

    /// <summary>Nobody is called for it any more.</summary>
    public static async ValueTask CancelAsync(OperationContext op, TelefonieParts parts, PromisedConference conference)
    {
        foreach (var one in await RingingAsync(op, parts, conference)) await CancelAsync(op, one);
    }

    private static ValueTask<Ack> CancelAsync(OperationContext op, Participant one) => op.Calls.SendAsync(one.Leg, new LegCommand.Hangup
    {
        Cause = HangupCause.ApiCancel, Evidence = $"Request {op.RequestId} asked for it.",
    }, op.Stop);

    private static IEnumerable<ConferenceCommand> Commands(LegId leg, bool? isMuted, bool? isOnHold)
    {
        if (isMuted is { } mutes) yield return new ConferenceCommand.Mute([leg], mutes);
        if (isOnHold is { } holds)
            yield return holds ? new ConferenceCommand.Hold([leg], Audio: null) : new ConferenceCommand.Unhold([leg]);
    }

    /// <summary>By the id of his call.</summary>
    private static async ValueTask<Participant?> FindAsync(OperationContext op, TelefonieParts parts, PromisedConference conference) =>
        TelefonieIds.ReadCall(op.Path("call_id")) is { } call
            ? (await AllAsync(op, parts, conference)).FirstOrDefault(one => one.Call == call) : null;

    private static Reply Unknown(OperationContext op) => op.Unknown("call_id", "The call takes no part in this conference.");

    /// <summary>Those who are in, in the order of their coming; then those who ring.</summary>
    private static async ValueTask<IReadOnlyList<Participant>> AllAsync(OperationContext op, TelefonieParts parts,
        PromisedConference conference)
    {
        if (conference.Status is ConferenceStatus.Completed) return [];
        // First, so that whoever gets in between the two is not missed.
        var ringing = await RingingAsync(op, parts, conference);
        var present = conference.Room is not { } room ? []
            : await parts.Store.Conferences.ListPresentAsync(op.Tenant, room, 0, ConferenceTerms.MostParticipants, op.Stop);
        var all = present.Select(one =>
            new Participant(one.Part.Leg, one.Part.LegUuid, one.Part.As, TelefonieStatus.InProgress) { IsIn = true }).ToList();
        var known = all.Select(one => one.Leg).ToHashSet();
        return [.. all, .. ringing.Where(one => !known.Contains(one.Leg))];
    }

    private static async ValueTask<IReadOnlyList<Participant>> RingingAsync(OperationContext op, TelefonieParts parts,
        PromisedConference conference)
    {
        string id = conference.Uuid.ToString();
        var found = new List<Participant>();
        for (string? after = null; ;)
        {
            // No application places these calls.
            var page = await parts.Store.Legs.ListLiveAsync(op.Tenant, default(ConnectionId), new() { After = after, Limit = Page },
                op.Stop);
            foreach (var leg in page?.Rows ?? [])
                if (leg.AnsweredAt is null && leg.Labels[TelefonieLabels.Conference] == id)
                    found.Add(new(leg.Id, leg.Uuid, new() { IsMuted = leg.Labels[TelefonieLabels.Muted] is Yes }, TelefonieStatus.Of(leg)));
            if ((after = page?.After) is null) return found;
        }
    }

    private static JsonObject Show(PromisedConference conference, Participant one) => new()
    {
        ["call_id"] = one.Call.ToString(), ["conference_id"] = conference.Uuid.ToString(), [Muted] = one.As.IsMuted,
        [Hold] = one.As.IsOnHold, ["status"] = one.Status,
    };

    /// <param name="Call">What customers call the leg by.</param>
    /// <param name="Status">The word for how the call goes.</param>
    private sealed record Participant(LegId Leg, Guid Call, Participation As, string Status)
    {
        /// <summary>The others may hear him.</summary>
        public bool IsIn { get; init; }
    }
}
