using Ringwright.Calls.Texts;
using Ringwright.Calls.Texts.Smpp;
using Ringwright.Campaigns.Texts;
using Ringwright.Store.Tables;
using Ringwright.Store.Work;

namespace Ringwright.Campaigns.Carriers;

/// <summary>
/// How a text and its parts go on, by what a centre says of one of them, or does not say. Each function has the rows as they are in the
/// transaction, and gives what they become; null changes nothing. A state is never taken back, what is over is told once, and what has
/// left is charged once.
/// </summary>
internal sealed class TextProgress(TextDesk desk)
{
    /// <summary>So long after its last byte somebody may still say what became of a part.</summary>
    public static readonly TimeSpan Doubt = TimeSpan.FromMinutes(10);
    /// <summary>A receipt that comes after the text was given up still counts for so long.</summary>
    public static readonly TimeSpan Late = TimeSpan.FromDays(10);
    /// <summary>One that names no text counts so long: after that another text between the two is meant.</summary>
    public static readonly TimeSpan NamelessLate = TimeSpan.FromDays(1);

    /// <summary>How often a centre may ask for another attempt later, and when that is.</summary>
    private const int MostTries = 3;
    private static readonly TimeSpan BetweenTries = TimeSpan.FromSeconds(30), Minute = TimeSpan.FromMinutes(1);

    /// <summary>The centre has answered a part that was submitted.</summary>
    /// <param name="attempt">The one that it answers; another one may be under way by now.</param>
    /// <param name="id">The centre's, when it took the part.</param>
    /// <param name="next">The carrier that is tried when this one does not take it; null for none.</param>
    /// <param name="hasReceipts">The carrier says later what became of it.</param>
    /// <param name="error">What the carrier calls its refusal, for people; null for the status itself.</param>
    public TextChange? Answered(TextMessage text, IReadOnlyList<TextPart> parts, int number, int attempt, uint status, string id,
        Guid? next, DateTimeOffset now, string? error = null, bool hasReceipts = true)
    {
        var part = parts.FirstOrDefault(one => one.Number == number);
        if (part is not { State: TextPartState.Submitting or TextPartState.InDoubt or TextPartState.Closed } || part.Attempt != attempt)
            return null;
        if (status == SmppStatus.Ok)
            return Accepted(text, parts, part with { State = TextPartState.Accepted, CentreId = id.Length > 0 ? id : null }, now,
                hasReceipts);
        error ??= Code(status);
        if (text.State is not TextState.Sending) return new(text, [part with { State = TextPartState.Rejected, Error = error }]);
        switch (status)
        {
            // The centre's cry for less is no judgement on the part: it goes as soon as the bind may send again.
            case SmppStatus.Throttled or SmppStatus.QueueFull:
                return new(text, [Again(part, now)]);
            // It goes once more without what the centre does not take.
            case SmppStatus.BadSchedule or SmppStatus.BadValidity when part.Tries < MostTries:
            case var _ when SmppStatus.RefusesTlvs(status) && part.Tries < MostTries:
                return new(text, [Again(part, now) with { Tries = part.Tries + 1 }]);
            case SmppStatus.SystemError or SmppStatus.TemporaryAppError or SmppStatus.WrongBindState when part.Tries < MostTries:
                return new(text, [Again(part, now + BetweenTries) with { Tries = part.Tries + 1 }]);
        }
        bool mayGoOn = status is SmppStatus.SystemError or SmppStatus.TemporaryAppError or SmppStatus.WrongBindState
            or SmppStatus.BadCommand or SmppStatus.SubmitFailed or SmppStatus.PermanentAppError or SmppStatus.RejectedAppError
            or SmppStatus.UnknownError || SmppStatus.IsCentresOwn(status);
        if (mayGoOn && next is { } carrier && !parts.Any(one => one.Number != number && one.HasLeft))
            return new(text with { DueAt = now + Doubt }, [.. parts.Select(one => Again(one, now) with { Carrier = carrier, Tries = 0 })]);
        return Refused(text, parts, part with { State = TextPartState.Rejected, Error = error }, FaultOf(status), now);
    }

    /// <summary>The answer is overdue, or was lost with its bind.</summary>
    public static TextChange? Unanswered(TextMessage text, IReadOnlyList<TextPart> parts, int number, int attempt, TextDoubt doubt,
        DateTimeOffset now)
    {
        var part = parts.FirstOrDefault(one => one.Number == number);
        if (part is not { State: TextPartState.Submitting } || part.Attempt != attempt) return null;
        // Behind the end of its text nobody waits for it.
        if (text.State is not TextState.Sending) return new(text, [Closed(part)]);
        return new(text, [doubt is TextDoubt.Resend ? Again(part, now) : part with { State = TextPartState.InDoubt }]);
    }

    /// <summary>The centre has said what became of a part.</summary>
    public TextChange? Receipt(TextMessage text, IReadOnlyList<TextPart> parts, int number, KeptReceipt receipt, DateTimeOffset now)
    {
        var part = parts.FirstOrDefault(one => one.Number == number);
        if (part is not { HasLeft: true } || (part.State is TextPartState.Final && !IsKnownNow(part, receipt))) return null;
        string? id = part.CentreId ?? (receipt.CentreId.Length > 0 ? receipt.CentreId : null);
        if (receipt.Outcome is SmppOutcome.OnItsWay)
            return part.State is TextPartState.Accepted ? null
                : Accepted(text, parts, part with { State = TextPartState.Accepted, CentreId = id }, now);
        return Accepted(text, parts,
            part with { State = TextPartState.Final, CentreId = id, Outcome = receipt.Outcome, Error = receipt.Error }, now);
    }

    /// <summary>Nothing was heard of a text that is on its way: it waits on, or it is over.</summary>
    public TextChange Overdue(TextMessage text, IReadOnlyList<TextPart> parts, DateTimeOffset now)
    {
        if (parts.Count == 0) return new(text with { State = TextState.Queued, DueAt = now }, []);
        int left = parts.Count(one => one.HasLeft);
        if (left == 0)
            return text.ValidUntil is { } end && end <= now
                ? Over(text, TextState.Expired, TextFault.Expired, [.. parts.Where(IsReady).Select(Dropped)], paid: 0, now)
                : new(text with { DueAt = text.ValidUntil is { } until && until < now + Minute ? until : now + Minute }, []);
        var last = parts.Max(one => one.SubmittedAt) ?? now;
        if (now - last < Doubt) return new(text with { DueAt = last + Doubt }, []);
        return Over(text, TextState.DeliveryUnconfirmed, TextFault.Unconfirmed,
        [
            .. parts.Where(IsReady).Select(Dropped),
            .. parts.Where(one => one.State is TextPartState.Submitting or TextPartState.InDoubt).Select(Closed),
        ], PaidOf(text, parts, left), now);
    }

    private TextChange Accepted(TextMessage text, IReadOnlyList<TextPart> parts, TextPart part, DateTimeOffset now,
        bool hasReceipts = true)
    {
        IReadOnlyList<TextPart> all = [.. parts.Select(one => one.Number == part.Number ? part : one)];
        var work = new UnitOfWork();
        var after = text;
        if (text.State is TextState.Sending && all.All(one => one.State is TextPartState.Accepted or TextPartState.Final))
        {
            // What nobody will ever say is not waited for: whoever looks after texts that are due ends it.
            after = text with { State = TextState.Sent, SentAt = now, DueAt = hasReceipts ? now + TextCourier.ReceiptLimit : now };
            work = work with { Messages = desk.Tell(after, TextNews.Sent), Money = desk.Charge(after, now) };
        }
        bool isLate = text.State is TextState.DeliveryUnconfirmed;
        if (isLate && now - (text.CompletedAt ?? now) > Late) return new(text, [part]);
        if ((after.State is TextState.Sent || isLate) && EndOf(all) is { } end
            && (!isLate || end.State is TextState.Delivered or TextState.DeliveryFailed))
        {
            after = after with { State = end.State, Fault = end.Fault, DueAt = null, CompletedAt = text.CompletedAt ?? now };
            // Who was told that nobody knows is not told once more.
            if (!isLate) work = work with { Messages = [.. work.Messages, .. desk.Tell(after, TextNews.Finalized)] };
        }
        return new(after, [part], work);
    }

    private TextChange Refused(TextMessage text, IReadOnlyList<TextPart> parts, TextPart part, TextFault fault, DateTimeOffset now)
    {
        var others = parts.Where(one => one.Number != part.Number).ToList();
        return Over(text, TextState.SendingFailed, fault,
        [
            part, .. others.Where(IsReady).Select(Dropped),
            // What is on the wire may still get its answer.
            .. others.Where(one => one.State is TextPartState.InDoubt).Select(Closed),
        ], others.Count(one => one.HasLeft), now);
    }

    private TextChange Over(TextMessage text, TextState state, TextFault fault, IReadOnlyList<TextPart> parts, int paid, DateTimeOffset now)
    {
        var after = text with { State = state, Fault = fault, DueAt = null, CompletedAt = now };
        return new(after, parts, new() { Messages = desk.Tell(after, TextNews.Finalized), Money = desk.Charge(text, now, paid) });
    }

    /// <summary>A carrier that cuts texts by itself has one row for all parts that are paid.</summary>
    private static int PaidOf(TextMessage text, IReadOnlyList<TextPart> parts, int left) =>
        left == parts.Count ? text.Parts : Math.Min(left, text.Parts);

    /// <summary>What a text has come to; null while something may still become of a part.</summary>
    private static (TextState State, TextFault? Fault)? EndOf(IReadOnlyList<TextPart> parts)
    {
        if (parts.Any(one => one.Outcome is SmppOutcome.Undeliverable or SmppOutcome.Deleted or SmppOutcome.Skipped))
            return (TextState.DeliveryFailed, TextFault.Undeliverable);
        if (parts.Any(one => one.Outcome is SmppOutcome.Rejected)) return (TextState.DeliveryFailed, TextFault.Rejected);
        if (parts.Any(one => one.Outcome is SmppOutcome.Expired)) return (TextState.Expired, TextFault.ExpiredAway);
        if (!parts.All(one => one.State is TextPartState.Final)) return null;
        return (parts.Any(one => one.Outcome is SmppOutcome.Unknown) ? TextState.DeliveryUnconfirmed : TextState.Delivered, null);
    }

    private static TextFault FaultOf(uint status) => status switch
    {
        SmppStatus.BadSource or SmppStatus.BadSourceTon or SmppStatus.BadSourceNpi => TextFault.BadSender,
        SmppStatus.BadDestination or SmppStatus.BadDestinationTon or SmppStatus.BadDestinationNpi => TextFault.BadRecipient,
        SmppStatus.BadMessageLength or SmppStatus.BadEsmClass or SmppStatus.BadLength or SmppStatus.MissingTlv => TextFault.BadBody,
        _ when SmppStatus.RefusesTlvs(status) => TextFault.BadBody,
        SmppStatus.PermanentAppError or SmppStatus.RejectedAppError => TextFault.Rejected,
        _ => TextFault.Undeliverable,
    };

    private static TextPart Again(TextPart part, DateTimeOffset at) => part with { State = TextPartState.Ready, DueAt = at };

    private static TextPart Dropped(TextPart part) => part with { State = TextPartState.Dropped, DueAt = null };

    private static TextPart Closed(TextPart part) => part with { State = TextPartState.Closed };

    /// <summary>Some centres say that they do not know while a phone is off, and say more later; every other end stands.</summary>
    private static bool IsKnownNow(TextPart part, KeptReceipt receipt) =>
        part.Outcome is SmppOutcome.Unknown && receipt.Outcome is not (SmppOutcome.Unknown or SmppOutcome.OnItsWay);

    private static bool IsReady(TextPart part) => part.State is TextPartState.Ready;

    private static string Code(uint status) => $"0x{status:x}";
}
