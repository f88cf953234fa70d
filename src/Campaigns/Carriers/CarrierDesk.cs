using Ringwright.Calls.Texts;
using Ringwright.Calls.Texts.Smpp;
using Ringwright.Campaigns.Texts;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Campaigns.Carriers;

/// <summary>What a carrier has said of a part.</summary>
/// <param name="Part">As it was when it went.</param>
/// <param name="Status">In SMPP's terms; null for no answer.</param>
internal sealed record PartAnswer(TextPart Part, uint? Status, string Id)
{
    public int Tries { get; init; }
    /// <summary>For people, where the status is not the carrier's own word.</summary>
    public string? Error { get; init; }
    /// <summary>Of one without an answer: what becomes of it, where that is not the carrier's rule.</summary>
    public TextDoubt? Doubt { get; init; }
}

/// <summary>Writes what becomes of parts by one carrier, and reads what goes by it.</summary>
internal class CarrierDesk(TextCarrier carrier, TextCarriers carriers, TextProgress progress, TextCarriersParts parts)
{
    private const int MostTries = 3;
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);

    private readonly Database _store = parts.Store;
    private readonly List<PartAnswer> _unsettled = [];
    // Receipts by HTTP come beside the loop.
    private volatile bool _hasKept = true;
    private long _strays;

    /// <summary>Receipts of texts that nobody knows, so far.</summary>
    public long Strays => Volatile.Read(ref _strays);

    /// <summary>Something was said that is not written yet.</summary>
    public bool HasUnsettled => _unsettled.Count > 0;

    protected TextCarrier Carrier { get; } = carrier;
    protected TextCarriersParts Parts { get; } = parts;
    protected DateTimeOffset Now => _store.Time.GetUtcNow();

    public virtual void Settle(PartAnswer one)
    {
        Metrics.TextAnswers.Add(1, Metrics.Of("carrier", Carrier.Name), Metrics.Of("answer", one.Status switch
        {
            SmppStatus.Ok => "taken",
            null => "none",
            SmppStatus.Throttled or SmppStatus.QueueFull or SmppStatus.SystemError or SmppStatus.TemporaryAppError
                or SmppStatus.WrongBindState => "later",
            _ => "refused",
        }));
        _unsettled.Add(one);
    }

    /// <summary>Writes down what the centre has said.</summary>
    /// <returns>False while something could not be written: nothing more goes until it is.</returns>
    public async ValueTask<bool> SettleAsync(CancellationToken stop)
    {
        if (_unsettled.Count == 0) return true;
        PartAnswer[] batch = [.. _unsettled];
        _unsettled.Clear();
        // Together, so that one commit serves all; the writer keeps their order.
        var left = await Task.WhenAll(batch.Select(one => TrySettleAsync(one, stop).AsTask())).ConfigureAwait(false);
        _unsettled.AddRange(left.OfType<PartAnswer>());
        if (_hasKept && batch.Any(one => one.Status is SmppStatus.Ok)) await TryKeptAsync(stop).ConfigureAwait(false);
        return _unsettled.Count == 0;
    }

    /// <summary>What an earlier bind left on the wire.</summary>
    public async ValueTask RecoverAsync(CancellationToken stop)
    {
        foreach (var part in await _store.TextParts.SubmittingAsync(Carrier.Id, stop).ConfigureAwait(false))
            await _store.TextParts.ChangeAsync(part.Tenant, part.Text, (text, all) =>
                TextProgress.Unanswered(text, all, part.Number, part.Attempt, Carrier.OnUnknown, Now), stop).ConfigureAwait(false);
    }

    public ValueTask<IReadOnlyList<ClaimedPart>> ClaimAsync(int most, CancellationToken stop) =>
        _store.TextParts.ClaimAsync(Carrier.Id, most, Now, TextProgress.Doubt, stop);

    /// <summary>Takes a receipt, and writes it.</summary>
    /// <param name="isCertain">The carrier marked it as one: else a person may have typed it.</param>
    /// <returns>False when nobody knows its text, and it is not kept.</returns>
    public async ValueTask<bool> TakeReceiptAsync(KeptReceipt receipt, bool isCertain, CancellationToken stop)
    {
        if (isCertain)
            Metrics.TextReceipts.Add(1, Metrics.Of("carrier", Carrier.Name), Metrics.Of("outcome", SnakeName.Of(receipt.Outcome)));
        bool isKnown = await ApplyAsync(receipt, isCertain, stop).ConfigureAwait(false);
        // Before the answer there may be the receipt: it waits for that.
        if (!isKnown && isCertain && receipt.Outcome is not SmppOutcome.OnItsWay)
        {
            await _store.TextReceipts.KeepAsync(receipt, stop).ConfigureAwait(false);
            _hasKept = true;
        }
        return isKnown || isCertain;
    }

    /// <summary>Every few seconds: what has waited long enough.</summary>
    public virtual async ValueTask KeepUpAsync(CancellationToken stop)
    {
        if (!_hasKept) return;
        await TryKeptAsync(stop).ConfigureAwait(false);
        foreach (var receipt in await _store.TextReceipts.ListAsync(Carrier.Id, stop).ConfigureAwait(false))
        {
            if (Now - receipt.ReceivedAt < Kept) continue;
            await _store.TextReceipts.RemoveAsync(receipt.Id, stop).ConfigureAwait(false);
            Interlocked.Increment(ref _strays);
            Metrics.StrayReceipts.Add(1, Metrics.Of("carrier", Carrier.Name));
            if (Parts.Turns.TryTell(Carrier.Name, "stray", out long times))
                Parts.Log.StrayReceipt(Carrier.Name, receipt.CentreId, receipt.Outcome, times);
        }
    }

    /// <returns>Null when it is written, or given up.</returns>
    private async ValueTask<PartAnswer?> TrySettleAsync(PartAnswer one, CancellationToken stop)
    {
        try
        {
            await _store.TextParts.ChangeAsync(one.Part.Tenant, one.Part.Text, (text, all) => one.Status is { } status
                ? progress.Answered(text, all, one.Part.Number, one.Part.Attempt, status, one.Id,
                    status is SmppStatus.Ok ? null : carriers.Next(text, Carrier.Id), Now, one.Error, Carrier.HasReceipts)
                : TextProgress.Unanswered(text, all, one.Part.Number, one.Part.Attempt, one.Doubt ?? Carrier.OnUnknown, Now), stop)
                .ConfigureAwait(false);
            return null;
        }
        catch (StoreUnavailableException)
        {
            return one;
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            Parts.Log.AnswerNotWritten(fault, Carrier.Name, one.Part.Text);
            // What can never be written would stop all others: the text ends in doubt.
            return one.Tries + 1 < MostTries ? one with { Tries = one.Tries + 1 } : null;
        }
    }

    private async ValueTask TryKeptAsync(CancellationToken stop)
    {
        try
        {
            // Before they are read: one that comes meanwhile is not forgotten.
            _hasKept = false;
            var kept = await _store.TextReceipts.ListAsync(Carrier.Id, stop).ConfigureAwait(false);
            if (kept.Count > 0) _hasKept = true;
            foreach (var receipt in kept)
                if (await ApplyAsync(receipt, isCertain: true, stop).ConfigureAwait(false))
                    await _store.TextReceipts.RemoveAsync(receipt.Id, stop).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // They are looked at again within seconds: no reason to lose the bind.
            _hasKept = true;
            if (fault is not StoreUnavailableException) Parts.Log.ArrivalNotKept(fault, Carrier.Name);
        }
    }

    /// <param name="isCertain">The centre marked it as a receipt: else a person may have typed it.</param>
    /// <returns>False when nobody knows the text.</returns>
    private async ValueTask<bool> ApplyAsync(KeptReceipt receipt, bool isCertain, CancellationToken stop)
    {
        if (await FindAsync(receipt, isCertain, stop).ConfigureAwait(false) is not { } part) return false;
        await _store.TextParts.ChangeAsync(part.Tenant, part.Text,
            (text, all) => progress.Receipt(text, all, part.Number, receipt, Now), stop).ConfigureAwait(false);
        return true;
    }

    /// <summary>
    /// By the centre's id as it was answered, then by that in another base when the recipient fits; then by what we sent with the part;
    /// then the one part between the two whose answer was lost, or else that the centre took and gave no id.
    /// </summary>
    private async ValueTask<TextPart?> FindAsync(KeptReceipt receipt, bool isCertain, CancellationToken stop)
    {
        // Most centres turn the two numbers round; some leave them as they stood in the text.
        bool isAsSent = isCertain && await Parts.Desk.IsFromHereAsync(receipt.From, stop).ConfigureAwait(false);
        var (sender, recipient) = isAsSent ? (receipt.From, receipt.To) : (receipt.To, receipt.From);
        if (receipt.CentreId.Length > 0)
        {
            var names = SmppReceipt.NamesOf(receipt.CentreId);
            var known = await _store.TextParts.OfCentreAsync(Carrier.Id, names, stop).ConfigureAwait(false);
            // A centre that uses an id again means its newest text. What a person may have typed counts for texts to that person alone.
            if (isCertain && known.FirstOrDefault(one => SmppReceipt.Normal(one.CentreId ?? "") == names[0]) is { } exact) return exact;
            foreach (var part in known)
                if (await _store.Texts.FindAsync(part.Tenant, part.Text, stop).ConfigureAwait(false) is { } text && text.To == recipient)
                    return part;
        }
        var lost = await _store.TextParts.DoubtfulAsync(Carrier.Id, sender, recipient, stop).ConfigureAwait(false);
        var reference = receipt.Reference;
        if (reference is not null && lost.FirstOrDefault(one => one.Reference == reference) is { } sent) return sent;
        if (reference is null && lost.Count > 0)
            return lost is [{ State: TextPartState.InDoubt or TextPartState.Closed } only] ? only : null;
        if (reference is null && !isCertain) return null;
        var ended = Now - TextProgress.NamelessLate;
        var nameless = await _store.TextParts.NamelessAsync(Carrier.Id, sender, recipient, ended - TextCourier.ReceiptLimit, ended, stop)
            .ConfigureAwait(false);
        if (reference is not null) return nameless.FirstOrDefault(one => one.Reference == reference);
        return nameless is [var single] ? single : null;
    }
}
