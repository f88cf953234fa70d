using Ringwright.Admission;
using Ringwright.Agency.Calling;
using Ringwright.Agency.Tables;
using Ringwright.Calls;
using Ringwright.Campaigns.Dialling;
using Ringwright.Store.Tables;

namespace Ringwright.Agency.Batches;

/// <summary>Where a contact stands, from what the node has of whom it calls. Pure.</summary>
internal static class ContactProgress
{
    /// <summary>Of rules by which nobody is called, in the words of this API.</summary>
    private static readonly Dictionary<string, string> Blocks = new(StringComparer.Ordinal)
    {
        [DoNotCallRule.Name] = "dnc", [Target.RefusedByList] = "dnc_by_list", ["bad_destination"] = "invalid_number",
        ["country"] = "country_not_allowed",
        ["whitelisted_destinations"] = "country_not_allowed",
        // Of no country, so that nobody knows by which clock whoever has the number lives.
        ["unknown_time_zone"] = "country_not_allowed",
    };

    /// <summary>What a rule of the node is called here.</summary>
    public static string BlockOf(string rule) => Blocks.GetValueOrDefault(rule, rule);

    /// <param name="batch">One that has failed calls nobody again, whatever its contacts wait for.</param>
    /// <returns>The same row where nothing has changed.</returns>
    public static ContactRow Of(ContactRow contact, DialledTarget target, BatchRow batch, DateTimeOffset now)
    {
        // Who wants to be called has come to that until somebody has called.
        string? outcome = contact.Outcome is ContactRow.CallbackScheduled && !IsCalledSince(contact, target) ? contact.Outcome
            : OutcomeOf(target) ?? contact.Outcome;
        // A try that no call came of does not count.
        var seen = contact with
        {
            // Of one who wanted to be called tries are counted anew.
            Attempts = Math.Min(contact.MaxAttempts,
                target.State is "progressing" ? Math.Max(target.Tries, target.Legs) : target.Legs),
            LastAttemptAt = target.ClaimedAt ?? contact.LastAttemptAt,
            CallId = target.LegUuid ?? contact.CallId,
            NextAttemptAt = null,
        };
        var after = target.State switch
        {
            "progressing" => seen with { Status = ContactRow.Calling, Outcome = WhileCalled(contact, target) },
            "idle" when batch.Status is BatchRow.Failed => Over(seen, target, outcome, batch.FailureCode),
            "idle" when contact.Status is ContactRow.Pending && ContactDue.IsWhereItWasPut(target) => contact,
            // Somebody was about to call him, and has not: he has his place again.
            "idle" when contact.Status is ContactRow.Calling && target.Legs == 0 && ContactDue.IsWhereItWasPut(target) => seen with
            {
                Status = ContactRow.Pending,
                Outcome = null,
                LastAttemptAt = null,
                LastError = null,
            },
            "idle" => seen with
            {
                Status = ContactRow.Scheduled,
                NextAttemptAt = target.DueAt,
                Outcome = outcome,
                LastError = outcome is null ? target.Reason : null,
            },
            _ => Over(seen, target, outcome, target.Reason),
        };
        return after == contact ? contact : after with { UpdatedAt = now };
    }

    /// <summary>One who wants to be called, and is not at this moment: the call is arranged.</summary>
    /// <param name="target">Null where nobody has tried yet.</param>
    /// <returns>
    /// The contact as it is then, and how many of the target's tries count as used: the dialler knows what the campaign says alone. Null
    /// for one who is not called.
    /// </returns>
    public static (ContactRow After, int Tries)? Arranged(ContactRow contact, DialledTarget? target, BatchRow batch, DateTimeOffset now)
    {
        if (contact.CallbackAt is not { } wanted || batch.Status is BatchRow.Failed || target is { State: "progressing" }) return null;
        var seen = target is null ? contact : Of(contact, target, batch, now);
        // Whom a rule forbids to call is over.
        if (seen.BlockReason is not null || ContactTable.WithAnAttempt(seen) is not { } after) return null;
        return (after with
        {
            Status = ContactRow.Scheduled,
            Outcome = ContactRow.CallbackScheduled,
            NextAttemptAt = wanted > now ? wanted : now,
            CompletedAt = null,
            LastError = null,
            CallbackAt = null,
            UpdatedAt = now,
        }, (int)Math.Max(0, after.Attempts - after.Callbacks));
    }

    private static ContactRow Over(ContactRow contact, DialledTarget target, string? outcome, string? reason)
    {
        // A machine that has a message is as good as an answer.
        bool isDone = outcome is "answered" or "declined" || outcome is ContactRow.Voicemail && target.Asked is MachineTerms.Left;
        // Nobody was called, and nobody will be: a rule says so, unless the batch was ended. Whoever wants no more calls may have been.
        bool isBlocked = !isDone && (reason is DoNotCallRule.Name or Target.RefusedByList
            || target.LegUuid is null && reason is not (null or BatchRow.Cancelled or BatchRow.WindowExpired));
        return contact with
        {
            Status = isDone ? ContactRow.Completed : ContactRow.Failed,
            Outcome = outcome,
            CompletedAt = target.EndedAt ?? target.UpdatedAt,
            LastError = isDone || isBlocked ? null : reason,
            BlockReason = isBlocked ? BlockOf(reason!) : null,
        };
    }

    /// <summary>Who wanted to be called is called now: what comes of it is the call's.</summary>
    private static string? WhileCalled(ContactRow contact, DialledTarget target) =>
        contact.Outcome is ContactRow.CallbackScheduled && IsCalledSince(contact, target) ? null : contact.Outcome;

    /// <summary>By the call: a try is seen before it has one.</summary>
    private static bool IsCalledSince(ContactRow contact, DialledTarget target) => target.LegUuid is { } leg && leg != contact.CallId;

    /// <summary>Null while the last call is up, and where it came to nothing that is an outcome.</summary>
    private static string? OutcomeOf(DialledTarget target) =>
        target is { EndedAt: not null, Cause: { } cause } ? OutcomeOf(cause, target.AnsweredAt is not null, target.Asked) : null;

    /// <summary>Of a call that is over; null for one that ended by a fault of the line or of the node.</summary>
    /// <param name="asked">What its program has hung up for; null where it was not the program.</param>
    public static string? OutcomeOf(string cause, bool isAnswered, string? asked) =>
        asked is MachineTerms.Machine or MachineTerms.Left ? ContactRow.Voicemail
        : AgencyCall.Outcomes[new(AgencyCall.CauseOf(cause), Direction.Outbound, isAnswered)] is not AgencyCall.None and var outcome
            ? outcome : null;
}
